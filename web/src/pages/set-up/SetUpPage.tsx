import { ActionGroup, Alert, Button, Form } from "@patternfly/react-core";
import { useState, type SyntheticEvent } from "react";
import { api, type Schemas } from "../../api/client";
import { useRead } from "../../app/read";
import { useWrite } from "../../app/write";
import { Entrance } from "../../components/Entrance";
import { PasswordField, TextField } from "../../components/fields";
import { Link } from "../../components/Link";
import { fieldProblem, ProblemAlert } from "../../components/ProblemAlert";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { setUpText } from "./text";

const FIELDS = ["/token", "/username", "/display_name", "/password"];

/** Creates the first administrator, once. */
export function Page() {
  const text = useText(setUpText);
  const state = useRead<Schemas["SetupState"]>(["setup"], (signal) => api.GET("/api/v1/setup", { signal }), {
    every: false,
  });
  const [done, setDone] = useState(false);
  if (done || state.data?.required === false) {
    return (
      <Entrance title={text(done ? "done" : "already")}>
        <Alert variant={done ? "success" : "info"} isInline title={text(done ? "doneBody" : "alreadyBody")} />
        <Link to={paths.signIn()} className="pf-v6-c-button pf-m-primary pf-m-block pf-v6-u-mt-md">
          {text("signIn")}
        </Link>
      </Entrance>
    );
  }
  return (
    <Entrance title={text("title")} subtitle={text("subtitle")}>
      {state.error && <ProblemAlert error={state.error} onRetry={() => void state.refetch()} />}
      <SetUpForm onDone={() => setDone(true)} />
    </Entrance>
  );
}

function SetUpForm({ onDone }: { onDone: () => void }) {
  const text = useText(setUpText);
  const [token, setToken] = useState("");
  const [username, setUsername] = useState("");
  const [displayName, setDisplayName] = useState("");
  const [password, setPassword] = useState("");
  const setUp = useWrite<null, unknown>(
    () => api.POST("/api/v1/setup", { body: { token, username, display_name: displayName, password, email: null } }),
    // The sign-in page would lead back here otherwise.
    ["setup"],
    onDone,
  );
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!setUp.isPending) setUp.mutate(null);
  };
  const problem = (pointer: string) => fieldProblem(setUp.error, pointer);
  const complete = [token, username, displayName, password].every((value) => value !== "");
  return (
    <Form onSubmit={submit}>
      {setUp.error && <ProblemAlert error={setUp.error} shownFields={FIELDS} />}
      <TextField id="token" label={text("token")} help={text("tokenHelp")} value={token} onChange={setToken} problem={problem("/token")} required autoFocus autoComplete="off" />
      <TextField id="username" label={text("username")} value={username} onChange={setUsername} problem={problem("/username")} required autoComplete="username" />
      <TextField id="display-name" label={text("displayName")} help={text("displayNameHelp")} value={displayName} onChange={setDisplayName} problem={problem("/display_name")} required autoComplete="name" />
      <PasswordField id="password" label={text("password")} help={text("passwordHelp")} value={password} onChange={setPassword} problem={problem("/password")} required autoComplete="new-password" />
      <ActionGroup>
        <Button type="submit" isBlock isLoading={setUp.isPending} isDisabled={!complete || setUp.isPending}>
          {text("submit")}
        </Button>
      </ActionGroup>
    </Form>
  );
}
