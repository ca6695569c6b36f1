import { ActionGroup, Button, Form, PageSection } from "@patternfly/react-core";
import { useState, type SyntheticEvent } from "react";
import { api, type Schemas } from "../../api/client";
import { useDraft } from "../../app/draft";
import { useMe } from "../../app/session";
import { useGo } from "../../app/url";
import { useWrite } from "../../app/write";
import { SelectField, TextField } from "../../components/fields";
import { LabelField } from "../../components/LabelField";
import { PageHeading } from "../../components/PageHeading";
import { FormProblem } from "../../components/FormProblem";
import { fieldProblem } from "../../components/ProblemAlert";
import { ReasonedButton, useWhyNotPermitted } from "../../components/ReasonedButton";
import { commonText } from "../../components/text";
import { useToast } from "../../components/Toasts";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { KubeconfigField } from "./KubeconfigField";
import { clustersText } from "./text";

/** Registers a cluster. */
export function Page() {
  const text = useText(clustersText);
  const common = useText(commonText);
  const go = useGo();
  const toast = useToast();
  const why = useWhyNotPermitted(useMe().permissions, "platform:cluster:manage");
  const [draft, change, clear] = useDraft("cluster", { name: "", display_name: "", environment: "" });
  const [kubeconfig, setKubeconfig] = useState("");
  const register = useWrite<Schemas["ClusterRegister"], Schemas["Cluster"]>(
    (body, once) => api.POST("/api/v1/clusters", { body, params: { header: once } }),
    ["clusters"],
    ({ id, name }) => {
      clear();
      toast(text("registered", { name }));
      go(paths.cluster(id), { replace: true });
    },
  );
  const ready = draft.name !== "" && draft.environment !== "" && kubeconfig !== "" && !register.isPending;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!ready || why !== undefined) return;
    const { name, environment } = draft;
    register.mutate({
      name,
      environment,
      kubeconfig,
      ...(draft.display_name === "" ? {} : { display_name: draft.display_name }),
    });
  };
  return (
    <>
      <PageHeading title={text("newTitle")} subtitle={text("newSubtitle")} above={[{ label: text("title"), to: paths.clusters() }]} />
      <PageSection>
        <Form onSubmit={submit} isWidthLimited maxWidth="48rem">
          <LabelField id="name" label={text("name")} help={text("nameHelp")} value={draft.name} onChange={(name) => change({ name })} problem={fieldProblem(register.error, "/name")} error={register.error} refused={register.variables?.name} />
          <TextField id="display-name" label={text("displayName")} help={text("displayNameHelp")} value={draft.display_name} onChange={(display_name) => change({ display_name })} problem={fieldProblem(register.error, "/display_name")} maxLength={100} />
          <SelectField
            id="environment"
            label={text("environment")}
            help={text("environmentHelp")}
            value={draft.environment}
            onChange={(environment) => change({ environment })}
            problem={fieldProblem(register.error, "/environment")}
            placeholder={text("choose")}
            options={[
              { value: "test", label: common("environment_test") },
              { value: "prod", label: common("environment_prod") },
            ]}
            required
          />
          <KubeconfigField value={kubeconfig} onChange={setKubeconfig} error={register.error} />
          <FormProblem error={register.error} shownFields={["/name", "/display_name", "/environment"]}  />
          <ActionGroup>
            <ReasonedButton why={why} type="submit" isLoading={register.isPending} isDisabled={!ready}>
              {text("register")}
            </ReasonedButton>
            <Button variant="link" onClick={() => go(paths.clusters())}>
              {text("cancel")}
            </Button>
          </ActionGroup>
        </Form>
      </PageSection>
    </>
  );
}
