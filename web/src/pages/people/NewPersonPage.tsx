import { ActionGroup, Alert, Button, Form, PageSection } from "@patternfly/react-core";
import { useState, type SyntheticEvent } from "react";
import { api, type Schemas } from "../../api/client";
import { useDraft } from "../../app/draft";
import { useMe } from "../../app/session";
import { useGo } from "../../app/url";
import { useWrite } from "../../app/write";
import { TextField } from "../../components/fields";
import { PageHeading } from "../../components/PageHeading";
import { FormProblem } from "../../components/FormProblem";
import { fieldProblem } from "../../components/ProblemAlert";
import { ReasonedButton, useWhyNotPermitted } from "../../components/ReasonedButton";
import { useToast } from "../../components/Toasts";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { firstPassword } from "./password";
import { ShownOnce } from "./ShownOnce";
import { peopleText } from "./text";

/** Adds a person with a password that is shown once. */
export function Page() {
  const text = useText(peopleText);
  const go = useGo();
  const toast = useToast();
  const why = useWhyNotPermitted(useMe().permissions, "identity:user:manage");
  const [draft, change, clear] = useDraft("person", { username: "", display_name: "", email: "" });
  // One password for all tries: after a lost answer the repeat must be the same write.
  const [password] = useState(firstPassword);
  const create = useWrite<Schemas["UserCreate"], Schemas["User"]>(
    (body, once) => api.POST("/api/v1/users", { body, params: { header: once } }),
    ["users"],
    ({ display_name }) => {
      clear();
      toast(text("made", { name: display_name }));
    },
  );
  const made = create.data;
  const ready = draft.username !== "" && draft.display_name !== "" && !create.isPending;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!ready || why !== undefined) return;
    const { username, display_name, email } = draft;
    create.mutate({ username, display_name, password, ...(email === "" ? {} : { email }) });
  };
  const heading = <PageHeading title={text("create")} above={[{ label: text("title"), to: paths.people() }]} />;
  if (made) {
    return (
      <>
        {heading}
        <PageSection>
          <ShownOnce name={made.display_name} username={made.username} password={password} />
          <div className="pf-v6-u-mt-lg">
            <Button onClick={() => go(paths.person(made.id), { replace: true })}>{text("toPerson")}</Button>
          </div>
        </PageSection>
      </>
    );
  }
  return (
    <>
      {heading}
      <PageSection>
        <Form onSubmit={submit} isWidthLimited maxWidth="40rem">
          <TextField id="username" label={text("username")} help={text("usernameHelp")} value={draft.username} onChange={(username) => change({ username })} problem={fieldProblem(create.error, "/username")} required autoFocus autoComplete="off" maxLength={64} />
          <TextField id="display-name" label={text("displayName")} value={draft.display_name} onChange={(display_name) => change({ display_name })} problem={fieldProblem(create.error, "/display_name")} required autoComplete="off" maxLength={100} />
          <TextField id="email" type="email" label={text("email")} help={text("emailHelp")} value={draft.email} onChange={(email) => change({ email })} problem={fieldProblem(create.error, "/email")} autoComplete="off" maxLength={255} />
          <Alert variant="info" isInline isPlain title={text("passwordNote")} />
          <FormProblem error={create.error} shownFields={["/username", "/display_name", "/email"]}  />
          <ActionGroup>
            <ReasonedButton why={why} type="submit" isLoading={create.isPending} isDisabled={!ready}>
              {text("create")}
            </ReasonedButton>
            <Button variant="link" onClick={() => go(paths.people())}>
              {text("cancel")}
            </Button>
          </ActionGroup>
        </Form>
      </PageSection>
    </>
  );
}
