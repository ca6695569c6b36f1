import { ActionGroup, Button, Form } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, type SyntheticEvent } from "react";
import { Refused, api } from "../../api/client";
import { useReadMe } from "../../app/session";
import { useGo } from "../../app/url";
import { useWrite } from "../../app/write";
import { Entrance } from "../../components/Entrance";
import { PasswordField } from "../../components/fields";
import { Loading } from "../../components/Loading";
import { fieldProblem, ProblemAlert } from "../../components/ProblemAlert";
import { useToast } from "../../components/Toasts";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { passwordText } from "./text";

/** Changes one's own password; the way in for everybody who was given theirs. */
export function Page() {
  const text = useText(passwordText);
  const me = useReadMe();
  const go = useGo();
  const stranger = me.error instanceof Refused;
  useEffect(() => {
    if (stranger) go(paths.signIn(paths.password()), { replace: true });
  }, [stranger, go]);
  if (!me.data) return me.error && !stranger ? <ProblemAlert error={me.error} /> : <Loading />;
  const forced = me.data.must_change_password;
  return (
    <Entrance title={text("title")} subtitle={text(forced ? "forced" : "own")}>
      <PasswordForm forced={forced} username={me.data.principal.username} />
    </Entrance>
  );
}

function PasswordForm({ forced, username }: { forced: boolean; username: string }) {
  const text = useText(passwordText);
  const client = useQueryClient();
  const go = useGo();
  const toast = useToast();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [repeat, setRepeat] = useState("");
  const change = useWrite<null, unknown>(
    () => api.POST("/api/v1/auth/password", { body: { current_password: current, new_password: next } }),
    [],
    () => {
      client.removeQueries({ queryKey: ["me"] });
      toast(text("done"));
      go(paths.home(), { replace: true });
    },
  );
  const differs = repeat !== "" && repeat !== next;
  const ready = current !== "" && next !== "" && repeat === next && !change.isPending;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (ready) change.mutate(null);
  };
  return (
    <Form onSubmit={submit}>
      {change.error && <ProblemAlert error={change.error} shownFields={["/current_password", "/new_password"]} />}
      {/* Password managers store the new password under this name. */}
      <input type="text" name="username" autoComplete="username" value={username} readOnly hidden />
      <PasswordField id="current" label={text("current")} value={current} onChange={setCurrent} problem={fieldProblem(change.error, "/current_password")} required autoFocus autoComplete="current-password" />
      <PasswordField id="next" label={text("next")} help={text("nextHelp")} value={next} onChange={setNext} problem={fieldProblem(change.error, "/new_password")} required autoComplete="new-password" />
      <PasswordField id="repeat" label={text("repeat")} value={repeat} onChange={setRepeat} warning={differs ? text("differs") : undefined} required autoComplete="new-password" />
      <ActionGroup>
        <Button type="submit" isLoading={change.isPending} isDisabled={!ready}>
          {text("submit")}
        </Button>
        {!forced && (
          <Button variant="link" onClick={() => window.history.back()}>
            {text("back")}
          </Button>
        )}
      </ActionGroup>
    </Form>
  );
}
