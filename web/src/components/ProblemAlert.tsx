import { Alert, AlertActionLink } from "@patternfly/react-core";
import { lazy, type ReactNode } from "react";
import { NotKnown, Refused, type Schemas } from "../api/client";
import { code } from "../app/code";
import { OnDemand } from "../app/OnDemand";
import { endsSession, useSignedOut } from "../app/signedOut";
import { useText } from "../messages/catalogue";
import { commonText } from "./text";

const RefusedAlert = lazy(() => code(() => import("./RefusedAlert")));

interface Props {
  error: Error;
  /** Fields that show their own part of the problem, as JSON pointers; the rest is listed here. */
  shownFields?: readonly string[];
  onRetry?: () => void;
  /** Where to go from here, such as the request that stands in the way. */
  more?: ReactNode;
}

/** What went wrong, what can be done, and the reference for those who are asked for help. */
export function ProblemAlert({ error, shownFields = [], onRetry, more }: Props) {
  const text = useText(commonText);
  const signedOut = useSignedOut();
  // Said of a session that another one has replaced since.
  if (endsSession(error) && !signedOut) return null;
  const retry = onRetry && <AlertActionLink onClick={onRetry}>{text("retry")}</AlertActionLink>;
  if (error instanceof Refused) {
    const { problem } = error;
    const bare = (
      <Alert variant="danger" isInline title={text("refused")} actionLinks={retry} className="shepherd-break">
        {problem.code} · {text("reference", { id: problem.request_id })}
      </Alert>
    );
    return (
      <OnDemand fallback={bare}>
        <RefusedAlert problem={problem} shownFields={shownFields} onRetry={onRetry} more={more} />
      </OnDemand>
    );
  }
  // No code is asked of a server that does not answer.
  if (error instanceof NotKnown) {
    // What can be tried again here is a read: it cannot have acted.
    return (
      <Alert variant="warning" isInline title={text(onRetry ? "unread" : "notKnown")} actionLinks={retry}>
        {text(onRetry ? "unreadBody" : "notKnownBody")}
      </Alert>
    );
  }
  return (
    <Alert variant="danger" isInline title={text("broken")} actionLinks={retry}>
      {text("brokenBody")}
    </Alert>
  );
}

/** What a problem says about one field, by its JSON pointer. */
export function fieldProblem(error: Error | null, pointer: string): Schemas["FieldProblem"] | undefined {
  return error instanceof Refused ? error.problem.errors.find((field) => field.pointer === pointer) : undefined;
}
