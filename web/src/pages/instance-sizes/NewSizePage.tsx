import { ActionGroup, Button, PageSection } from "@patternfly/react-core";
import { api, type Schemas } from "../../api/client";
import { useDraft } from "../../app/draft";
import { useMe } from "../../app/session";
import { useGo } from "../../app/url";
import { useWrite } from "../../app/write";
import { PageHeading } from "../../components/PageHeading";
import { FormProblem } from "../../components/FormProblem";
import { ReasonedButton, useWhyNotPermitted } from "../../components/ReasonedButton";
import { useToast } from "../../components/Toasts";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { EMPTY, sent } from "./draft";
import { SHOWN, SizeForm } from "./SizeForm";
import { sizesText } from "./text";

/** Creates an instance size. */
export function Page() {
  const text = useText(sizesText);
  const go = useGo();
  const toast = useToast();
  const why = useWhyNotPermitted(useMe().permissions, "platform:instance_size:manage");
  const [draft, change, clear] = useDraft("instance-size", EMPTY);
  const create = useWrite<Schemas["InstanceSizeCreate"], Schemas["InstanceSize"]>(
    (body, once) => api.POST("/api/v1/instance-sizes", { body, params: { header: once } }),
    ["instance-sizes"],
    ({ id, display_name }) => {
      clear();
      toast(text("made", { name: display_name }));
      go(paths.size(id), { replace: true });
    },
  );
  const body = sent(draft);
  const ready = body !== undefined && draft.name !== "" && draft.display_name !== "" && !create.isPending;
  const submit = () => {
    if (ready && why === undefined) create.mutate({ ...body, name: draft.name, enabled: draft.enabled });
  };
  return (
    <>
      <PageHeading title={text("create")} above={[{ label: text("title"), to: paths.sizes() }]} />
      <PageSection>
        <SizeForm draft={draft} change={change} error={create.error} refused={create.variables?.name} fresh onSubmit={submit}>
          <FormProblem error={create.error} shownFields={SHOWN}  />
          <ActionGroup>
            <ReasonedButton why={why} type="submit" isLoading={create.isPending} isDisabled={!ready}>
              {text("create")}
            </ReasonedButton>
            <Button variant="link" onClick={() => go(paths.sizes())}>
              {text("cancel")}
            </Button>
          </ActionGroup>
        </SizeForm>
      </PageSection>
    </>
  );
}
