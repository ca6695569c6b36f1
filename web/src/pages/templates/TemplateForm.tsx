import { Button, Form, FormFieldGroup, FormFieldGroupHeader, Grid, GridItem, Radio } from "@patternfly/react-core";
import { useId, type SyntheticEvent, type ReactNode } from "react";
import { Refused } from "../../api/client";
import { useLanguage } from "../../app/language";
import { AreaField, TextField } from "../../components/fields";
import { fieldProblem } from "../../components/ProblemAlert";
import { useText } from "../../messages/catalogue";
import { problemDetail } from "../../messages/details";
import type { TemplateDraft } from "./draft";
import { templatesText } from "./text";

/** Pointers that fields of the form show themselves. */
export const SHOWN = [
  "/name", "/display_name", "/description", "/os_family", "/os_version", "/boot_source/image", "/boot_source/url",
  "/boot_source/namespace", "/boot_source/name", "/cloud_init",
] as const;

const KINDS = ["container_disk", "cdi_import", "cdi_clone"] as const;
const SKELETON = "#cloud-config\nssh_pwauth: false\npackage_update: true\n";

interface Props {
  draft: TemplateDraft;
  change: (changes: Partial<TemplateDraft>) => void;
  error: Error | null;
  fresh: boolean;
  readOnly?: boolean;
  onSubmit: () => void;
  children: ReactNode;
}

/** Fields of a version of a template. */
export function TemplateForm({ draft, change, error, fresh, readOnly = false, onSubmit, children }: Props) {
  const text = useText(templatesText);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    onSubmit();
  };
  const field = (key: keyof TemplateDraft, pointer = `/${key}`) => ({
    id: key,
    value: draft[key],
    onChange: (value: string) => change({ [key]: value }),
    problem: fieldProblem(error, pointer),
    disabled: readOnly,
  });
  return (
    <Form onSubmit={submit} isWidthLimited maxWidth="56rem">
      {fresh && <TextField {...field("name")} label={text("name")} help={text("nameHelp")} required autoFocus maxLength={253} />}
      <TextField {...field("display_name")} label={text("displayName")} required maxLength={100} />
      <AreaField {...field("description")} label={text("description")} maxLength={4096} rows={3} />
      <Grid hasGutter>
        <GridItem sm={6}>
          <TextField {...field("os_family")} label={text("osFamily")} maxLength={100} />
        </GridItem>
        <GridItem sm={6}>
          <TextField {...field("os_version")} label={text("osVersion")} maxLength={100} />
        </GridItem>
      </Grid>
      <Group title={text("bootSource")}>
        <div role="radiogroup" aria-label={text("kind")} className="shepherd-radios">
          {KINDS.map((kind) => (
            <Radio key={kind} id={kind} name="kind" label={text(kind)} description={text(`${kind}Help`)} isChecked={draft.kind === kind} isDisabled={readOnly} onChange={() => change({ kind })} />
          ))}
        </div>
        {draft.kind === "container_disk" && (
          <TextField {...field("image", "/boot_source/image")} label={text("image")} help={text("imageHelp")} required />
        )}
        {draft.kind === "cdi_import" && <TextField {...field("url", "/boot_source/url")} label={text("url")} help={text("urlHelp")} required />}
        {draft.kind === "cdi_clone" && (
          <>
            <TextField {...field("clone_namespace", "/boot_source/namespace")} label={text("cloneNamespace")} required />
            <TextField {...field("clone_name", "/boot_source/name")} label={text("cloneName")} required />
          </>
        )}
      </Group>
      <CloudInit draft={draft} change={change} error={error} readOnly={readOnly} />
      {children}
    </Form>
  );
}

/** Editor of the cloud-init document; what the server says about it stands below it. */
function CloudInit({ draft, change, error, readOnly }: Pick<Props, "draft" | "change" | "error"> & { readOnly: boolean }) {
  const text = useText(templatesText);
  const { locale } = useLanguage();
  const refused = error instanceof Refused && error.problem.code === "CLOUD_INIT_INVALID" ? error.problem : undefined;
  const bytes = new TextEncoder().encode(draft.cloud_init).length;
  return (
    <Group title={text("cloudInit")}>
      <AreaField
        id="cloud_init"
        label={text("document")}
        value={draft.cloud_init}
        onChange={(cloud_init) => change({ cloud_init })}
        help={text("cloudInitHelp", { bytes: new Intl.NumberFormat(locale).format(bytes) })}
        problem={fieldProblem(error, "/cloud_init")}
        warning={refused ? problemDetail(locale, refused) : undefined}
        disabled={readOnly}
        rows={14}
        mono
      />
      {draft.cloud_init === "" && !readOnly && (
        <div>
          <Button variant="link" isInline onClick={() => change({ cloud_init: SKELETON })}>
            {text("start")}
          </Button>
        </div>
      )}
    </Group>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return <FormFieldGroup header={<FormFieldGroupHeader titleText={{ text: <strong>{title}</strong>, id }} />}>{children}</FormFieldGroup>;
}
