import { ActionList, ActionListItem, Button, Card, CardBody, CardTitle } from "@patternfly/react-core";
import { useState, type KeyboardEvent } from "react";
import { api, Refused, type Schemas } from "../../api/client";
import { wordsFor } from "../../api/errors";
import { useLanguage } from "../../app/language";
import { useWrite } from "../../app/write";
import { NameField } from "../../components/NameField";
import { fieldProblem, ProblemAlert } from "../../components/ProblemAlert";
import { ReasonedButton } from "../../components/ReasonedButton";
import { commonText } from "../../components/text";
import { useToast } from "../../components/Toasts";
import { useText } from "../../messages/catalogue";
import { problemDetail } from "../../messages/details";
import { errorsEn } from "../../messages/errors.en";
import { errorsZh } from "../../messages/errors.zh";
import { newRequestText } from "./text";

interface Props {
  /** The System that a new Service is part of; absent for a new System. */
  within?: Schemas["System"] | undefined;
  /** What was typed when it was not found. */
  name: string;
  onMade: (id: string) => void;
  onClose: () => void;
}

/** Refusals that are about the name and shown on its field. */
const ABOUT_NAME = ["NAME_INVALID", "NAME_TOO_LONG", "ALREADY_EXISTS"];

/** Makes a System or Service where one was missing, without leaving the form. */
export function CreateNamed({ within, name: typed, onMade, onClose }: Props) {
  const text = useText(newRequestText);
  const common = useText(commonText);
  const toast = useToast();
  const [name, setName] = useState(typed);
  const kind = within ? "service" : "system";
  const create = useWrite<string, { id: string; name: string }>(
    (given, once) =>
      within
        ? api.POST("/api/v1/services", { params: { header: once }, body: { system_id: within.id, name: given } })
        : api.POST("/api/v1/systems", { params: { header: once }, body: { name: given } }),
    [`${kind}s`],
    (made) => {
      toast(text(`created_${kind}`, { name: made.name }));
      onMade(made.id);
    },
  );
  const refusal = useNameRefusal(create.error);
  const ready = name.trim() !== "" && !create.isPending;
  const submit = () => ready && create.mutate(name.trim());
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") onClose();
    if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
    // Enter here makes the System or Service and must not send the form around it.
    event.preventDefault();
    submit();
  };
  return (
    <Card isCompact variant="secondary">
      <CardTitle>
        <h3>{text(`create_${kind}`, { system: within?.name })}</h3>
      </CardTitle>
      <CardBody onKeyDown={onKeyDown}>
        {create.error && refusal === undefined && <ProblemAlert error={create.error} shownFields={["/name"]} />}
        <NameField
          id={`new-${kind}`}
          label={text("name")}
          value={name}
          onChange={setName}
          problem={fieldProblem(create.error, "/name")}
          refusal={create.variables === name.trim() ? refusal : undefined}
        />
        <ActionList className="pf-v6-u-mt-sm">
          <ActionListItem>
            <ReasonedButton why={name.trim() === "" ? text("nameFirst") : undefined} variant="secondary" onClick={submit} isLoading={create.isPending} isDisabled={create.isPending}>
              {name.trim() === "" ? text("createEmpty") : text("createIt", { name: name.trim() })}
            </ReasonedButton>
          </ActionListItem>
          <ActionListItem>
            <Button variant="link" onClick={onClose}>
              {common("cancel")}
            </Button>
          </ActionListItem>
        </ActionList>
      </CardBody>
    </Card>
  );
}

/** What the server has against a name, in words. */
function useNameRefusal(error: Error | null): string | undefined {
  const { locale } = useLanguage();
  if (!(error instanceof Refused) || !ABOUT_NAME.includes(error.problem.code)) return undefined;
  const [title] = wordsFor(locale === "zh-CN" ? errorsZh : errorsEn, error.problem.code);
  const detail = problemDetail(locale, error.problem);
  return detail ? `${title}. ${detail}` : title;
}
