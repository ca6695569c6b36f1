import { ActionGroup, Button, Form } from "@patternfly/react-core";
import { useState, type SyntheticEvent } from "react";
import { api, type Schemas } from "../../api/client";
import { useWrite } from "../../app/write";
import { PasswordField, TextField } from "../../components/fields";
import { ProblemAlert } from "../../components/ProblemAlert";
import { useText } from "../../messages/catalogue";
import { signInText } from "./text";

interface Props {
  /** Filled in for somebody who signs in again. */
  username?: string;
  onSignedIn: (signedIn: Schemas["SignedIn"]) => void;
}

/** Username and password; the session comes back as a cookie. */
export function SignInForm({ username: known = "", onSignedIn }: Props) {
  const text = useText(signInText);
  const [username, setUsername] = useState(known);
  const [password, setPassword] = useState("");
  const signIn = useWrite<null, Schemas["SignedIn"]>(
    () => api.POST("/api/v1/auth/login", { body: { username, password, tenant: "default" } }),
    [],
    (signedIn) => onSignedIn(signedIn),
  );
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!signIn.isPending) signIn.mutate(null, { onError: () => setPassword("") });
  };
  return (
    <Form onSubmit={submit}>
      {signIn.error && <ProblemAlert error={signIn.error} />}
      <TextField
        id="username"
        label={text("username")}
        value={username}
        onChange={setUsername}
        autoComplete="username"
        required
        autoFocus={known === ""}
      />
      <PasswordField
        id="password"
        label={text("password")}
        value={password}
        onChange={setPassword}
        autoComplete="current-password"
        required
        autoFocus={known !== ""}
      />
      <ActionGroup>
        <Button
          type="submit"
          isBlock
          isLoading={signIn.isPending}
          isDisabled={signIn.isPending || username === "" || password === ""}
        >
          {text("submit")}
        </Button>
      </ActionGroup>
    </Form>
  );
}
