import { ActionGroup, Alert, Button, PageSection } from "@patternfly/react-core";
import { useState } from "react";
import { api, type Schemas } from "../../api/client";
import { useDraft } from "../../app/draft";
import { useRead } from "../../app/read";
import { useMe } from "../../app/session";
import { useGo, usePathParam } from "../../app/url";
import { useWrite } from "../../app/write";
import { PageHeading } from "../../components/PageHeading";
import { FormProblem } from "../../components/FormProblem";
import { ReasonedButton, useWhyNotPermitted } from "../../components/ReasonedButton";
import { StateLabel } from "../../components/StateLabel";
import { useToast } from "../../components/Toasts";
import { WhenRead } from "../../components/WhenRead";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { complete, drafted, sent, type TemplateDraft } from "./draft";
import { FrozenTemplate } from "./FrozenTemplate";
import { TemplateDialog, type TemplateAct } from "./TemplateDialog";
import { SHOWN, TemplateForm } from "./TemplateForm";
import { templatesText } from "./text";

type Template = Schemas["Template"];

/** A version of a template: a draft is edited in place, everything else is frozen. */
export function Page() {
  const id = usePathParam("id");
  const read = useRead<Template>(["templates", id], (signal) =>
    api.GET("/api/v1/templates/{id}", { params: { path: { id } }, signal }),
  );
  return <WhenRead read={read}>{(template) => <Shown key={template.id} template={template} />}</WhenRead>;
}

function Shown({ template }: { template: Template }) {
  const text = useText(templatesText);
  const go = useGo();
  const why = useWhyNotPermitted(useMe().permissions, "platform:template:manage");
  const [act, setAct] = useState<TemplateAct | null>(null);
  const { id, name, version, status, display_name } = template;
  // Only what was typed, so that another's changes stay visible below.
  const [changes, change, discard] = useDraft<Partial<TemplateDraft>>(`template-version.${id}`, {});
  const touched = Object.keys(changes).length > 0;
  const button = (which: TemplateAct, variant: "primary" | "secondary" | "danger", reason = why) => (
    <ReasonedButton key={which} why={reason} variant={variant} onClick={() => setAct(which)}>
      {text(which)}
    </ReasonedButton>
  );
  return (
    <>
      <PageHeading
        title={`${display_name} · ${text("versionN", { version })}`}
        badge={<StateLabel of="template" state={status} />}
        subtitle={<span className="shepherd-mono">{name}</span>}
        above={[{ label: text("title"), to: paths.templates() }]}
        actions={
          <>
            {status === "draft" && button("activate", "primary", why ?? (touched ? text("unsaved") : undefined))}
            {status === "active" && button("deprecate", "secondary")}
            {status === "deprecated" && button("archive", "secondary")}
            {status === "draft" && button("remove", "danger")}
            {status !== "draft" && (
              <ReasonedButton why={why} onClick={() => go(paths.newTemplate({ from: id }))}>
                {text("newVersion")}
              </ReasonedButton>
            )}
          </>
        }
      />
      <PageSection>
        {status === "draft" && why === undefined ? (
          <Draft template={template} changes={changes} change={change} discard={discard} />
        ) : (
          <>
            {status !== "draft" && <Alert variant="info" isInline isPlain title={text("frozen")} className="pf-v6-u-mb-md" />}
            <FrozenTemplate template={template} />
          </>
        )}
      </PageSection>
      {act && <TemplateDialog act={act} template={template} onClose={() => setAct(null)} />}
    </>
  );
}

interface DraftProps {
  template: Template;
  changes: Partial<TemplateDraft>;
  change: (changes: Partial<TemplateDraft>) => void;
  discard: () => void;
}

function Draft({ template, changes, change, discard }: DraftProps) {
  const text = useText(templatesText);
  const toast = useToast();
  const draft = { ...drafted(template), ...changes };
  const save = useWrite<Schemas["TemplateUpdate"], Template>(
    (body) => api.PATCH("/api/v1/templates/{id}", { params: { path: { id: template.id } }, body }),
    ["templates"],
    () => {
      discard();
      toast(text("saved"));
    },
  );
  const [tried, setTried] = useState<Partial<TemplateDraft>>({});
  const touched = Object.keys(changes).length > 0;
  const ready = complete(draft) && touched && !save.isPending;
  const submit = () => {
    if (!ready) return;
    setTried(draft);
    save.mutate(sent(draft));
  };
  return (
    <TemplateForm draft={draft} change={change} error={save.error} refused={save.error ? tried : {}} tried fresh={false} onSubmit={submit}>
      <FormProblem error={save.error} shownFields={SHOWN}  />
      <ActionGroup>
        <Button type="submit" isLoading={save.isPending} isDisabled={!ready}>
          {text("save")}
        </Button>
        {touched && (
          <Button variant="link" onClick={discard}>
            {text("discard")}
          </Button>
        )}
      </ActionGroup>
    </TemplateForm>
  );
}
