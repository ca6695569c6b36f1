import { Alert, AlertActionLink, Content, List, ListItem } from "@patternfly/react-core";
import type { ReactNode } from "react";
import type { Schemas } from "../api/client";
import { wordsFor } from "../api/errors";
import { useLanguage } from "../app/language";
import { useText } from "../messages/catalogue";
import { problemDetail } from "../messages/details";
import { errorsEn } from "../messages/errors.en";
import { errorsZh } from "../messages/errors.zh";
import { fieldWords } from "../messages/fields";
import { commonText } from "./text";

interface Props {
  problem: Schemas["Problem"];
  /** Fields that show their own part of the problem, as JSON pointers; the rest is listed here. */
  shownFields: readonly string[];
  onRetry: (() => void) | undefined;
  more: ReactNode;
}

/** A refusal of the server in words. Loaded when there is one: the words for all of them are long. */
export default function RefusedAlert({ problem, shownFields, onRetry, more }: Props) {
  const text = useText(commonText);
  const { locale } = useLanguage();
  const [title, remedy] = wordsFor(locale === "zh-CN" ? errorsZh : errorsEn, problem.code);
  const detail = problemDetail(locale, problem);
  // A rule that holds whatever is reloaded.
  const standing = problem.code === "STATE_CONFLICT" && "rule" in problem.params;
  const retry = onRetry && <AlertActionLink onClick={onRetry}>{text("retry")}</AlertActionLink>;
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
