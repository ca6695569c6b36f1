import { ActionGroup, Button, PageSection } from "@patternfly/react-core";
import { useEffect, useState } from "react";
import { api, type Schemas } from "../../api/client";
import { useDraft } from "../../app/draft";
import { useRead } from "../../app/read";
import { useMe } from "../../app/session";
import { useGo, useUrl } from "../../app/url";
import { useWrite } from "../../app/write";
import { PageHeading } from "../../components/PageHeading";
import { FormProblem } from "../../components/FormProblem";
import { ReasonedButton, useWhyNotPermitted } from "../../components/ReasonedButton";
import { useToast } from "../../components/Toasts";
import { WhenRead } from "../../components/WhenRead";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { labelFault } from "../../components/nameFault";
import { complete, drafted, EMPTY, sent, type TemplateDraft } from "./draft";
import { SHOWN, TemplateForm } from "./TemplateForm";
import { templatesText } from "./text";

/** Creates a draft, of a new name or after an earlier version. */
export function Page() {
  const [{ from }] = useUrl();
  return from === undefined ? <Create initial={EMPTY} draftName="template" /> : <After key={from} id={from} />;
}

function After({ id }: { id: string }) {
  const read = useRead<Schemas["Template"]>(
    ["templates", id],
    (signal) => api.GET("/api/v1/templates/{id}", { params: { path: { id } }, signal }),
    { every: false },
  );
  return <WhenRead read={read}>{(template) => <Create initial={drafted(template)} draftName={`template.${id}`} />}</WhenRead>;
}

function Create({ initial, draftName }: { initial: TemplateDraft; draftName: string }) {
  const text = useText(templatesText);
  const go = useGo();
  const toast = useToast();
  const why = useWhyNotPermitted(useMe().permissions, "platform:template:manage");
  const [draft, change, clear] = useDraft(draftName, initial);
  const [tried, setTried] = useState<TemplateDraft>();
  const create = useWrite<Schemas["TemplateCreate"], Schemas["Template"]>(
    (body, once) => api.POST("/api/v1/templates", { body, params: { header: once } }),
    ["templates"],
    ({ id, name, version }) => {
      clear();
      toast(text("made", { name, version }));
      go(paths.template(id), { replace: true });
    },
  );
  useEffect(() => {
    if (tried) document.querySelector<HTMLElement>("form [aria-invalid=true]")?.focus();
  }, [tried]);
  const submit = () => {
    setTried({ ...draft });
    if (why === undefined && !create.isPending && complete(draft) && labelFault(draft.name) === undefined) create.mutate({ ...sent(draft), name: draft.name });
  };
  return (
    <>
      <PageHeading title={text("newTitle")} subtitle={text("newSubtitle")} above={[{ label: text("title"), to: paths.templates() }]} />
      <PageSection>
        <TemplateForm draft={draft} change={change} error={create.error} refused={create.error && tried ? tried : {}} tried={tried !== undefined} fresh onSubmit={submit}>
          <FormProblem error={create.error} shownFields={SHOWN}  />
          <ActionGroup>
            <ReasonedButton why={why} type="submit" isLoading={create.isPending}>
              {text("createDraft")}
            </ReasonedButton>
            <Button variant="link" onClick={() => go(paths.templates())}>
              {text("cancel")}
            </Button>
          </ActionGroup>
        </TemplateForm>
      </PageSection>
    </>
  );
}
