import { Alert, AlertActionLink, Content, List, ListItem } from "@patternfly/react-core";
import type { ReactNode } from "react";
import { NotKnown, Refused, type Schemas } from "../api/client";
import { wordsFor } from "../api/errors";
import { useLanguage } from "../app/language";
import { endsSession, useSignedOut } from "../app/signedOut";
import { useText } from "../messages/catalogue";
import { errorsEn } from "../messages/errors.en";
import { errorsZh } from "../messages/errors.zh";
import { fieldWords } from "../messages/fields";
import { problemDetail } from "../messages/details";
import { commonText } from "./text";

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
  const { locale } = useLanguage();
  const signedOut = useSignedOut();
  // Said of a session that another one has replaced since.
  if (endsSession(error) && !signedOut) return null;
  const retry = onRetry && <AlertActionLink onClick={onRetry}>{text("retry")}</AlertActionLink>;
  if (error instanceof Refused) {
    const { problem } = error;
    const [title, remedy] = wordsFor(locale === "zh-CN" ? errorsZh : errorsEn, problem.code);
    const detail = problemDetail(locale, problem);
    // A rule that holds whatever is reloaded.
    const standing = problem.code === "STATE_CONFLICT" && "rule" in problem.params;
    return (
      <Alert variant="danger" isInline title={standing ? text("notPossible") : title} actionLinks={retry} className="shepherd-break">
        {!standing && <Content component="p">{remedy}</Content>}
        {detail && <Content component="p">{detail}</Content>}
        <Fields problem={problem} shown={shownFields} />
        {more && <Content component="p">{more}</Content>}
        <Content component="small" className="shepherd-mono">
          {problem.code} · {text("reference", { id: problem.request_id })}
        </Content>
      </Alert>
    );
  }
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

function Fields({ problem, shown }: { problem: Schemas["Problem"]; shown: readonly string[] }) {
  const { locale } = useLanguage();
  const rest = problem.errors.filter(({ pointer }) => !shown.includes(pointer));
  if (rest.length === 0) return null;
  return (
    <List>
      {rest.map((field) => (
        <ListItem key={`${field.pointer}${field.code}`}>
          <span className="shepherd-mono">{field.pointer}</span>: {fieldWords(locale, field)}
        </ListItem>
      ))}
    </List>
  );
}

/** What a problem says about one field, by its JSON pointer. */
export function fieldProblem(error: Error | null, pointer: string): Schemas["FieldProblem"] | undefined {
  return error instanceof Refused ? error.problem.errors.find((field) => field.pointer === pointer) : undefined;
}
