import { Button, Form, FormFieldGroup, FormFieldGroupHeader, Grid, GridItem, Radio } from "@patternfly/react-core";
import { useId, type SyntheticEvent, type ReactNode } from "react";
import { Refused } from "../../api/client";
import { useLanguage } from "../../app/language";
import { AreaField, TextField } from "../../components/fields";
import { LabelField } from "../../components/LabelField";
import { fieldProblem } from "../../components/ProblemAlert";
import { useText } from "../../messages/catalogue";
import { cloudInitFaults, refusedFault } from "./cloudInit";
import { isHttps, missing, type TemplateDraft } from "./draft";
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
  /** What was sent when `error` came. */
  refused: Partial<TemplateDraft>;
  fresh: boolean;
  /** Whether somebody has tried to send it: what is missing is told then. */
  tried: boolean;
  readOnly?: boolean;
  onSubmit: () => void;
  children: ReactNode;
}

/** Fields of a version of a template. */
export function TemplateForm({ draft, change, error, refused, fresh, tried, readOnly = false, onSubmit, children }: Props) {
  const text = useText(templatesText);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    onSubmit();
  };
  const empty = tried ? missing(draft) : [];
  const field = (key: keyof TemplateDraft, pointer = `/${key}`) => ({
    id: key,
    value: draft[key],
    onChange: (value: string) => change({ [key]: value }),
    problem: refused[key] === draft[key] ? fieldProblem(error, pointer) : undefined,
    warning: empty.includes(key) ? text("missing") : undefined,
    disabled: readOnly,
  });
  const notHttps = draft.url !== "" && !isHttps(draft.url) ? { warning: text("notHttps") } : {};
  return (
    <Form onSubmit={submit} isWidthLimited maxWidth="56rem">
      {fresh && <LabelField id="name" label={text("name")} help={text("nameHelp")} value={draft.name} onChange={(name) => change({ name })} tried={tried} error={error} refused={refused.name} problem={field("name").problem} />}
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
        {draft.kind === "cdi_import" && <TextField {...field("url", "/boot_source/url")} {...notHttps} label={text("url")} help={text("urlHelp")} required />}
        {draft.kind === "cdi_clone" && (
          <>
            <TextField {...field("clone_namespace", "/boot_source/namespace")} label={text("cloneNamespace")} required />
            <TextField {...field("clone_name", "/boot_source/name")} label={text("cloneName")} required />
          </>
        )}
      </Group>
      <CloudInit draft={draft} change={change} error={error} refused={refused} readOnly={readOnly} />
      {children}
    </Form>
  );
}

/** Editor of the cloud-init document; what the server says about it stands below it. */
function CloudInit({ draft, change, error, refused, readOnly }: Pick<Props, "draft" | "change" | "error" | "refused"> & { readOnly: boolean }) {
  const text = useText(templatesText);
  const { locale } = useLanguage();
  const same = refused.cloud_init === draft.cloud_init;
  const told = same && error instanceof Refused && error.problem.code === "CLOUD_INIT_INVALID" ? [refusedFault(error.problem.params)] : [];
  const seen = cloudInitFaults(draft.cloud_init);
  // The server stops at the first; what it alone knows is said when nothing else is wrong.
  const faults = seen.length > 0 ? seen : told;
  const bytes = new TextEncoder().encode(draft.cloud_init).length;
  return (
    <Group title={text("cloudInit")}>
      <AreaField
        id="cloud_init"
        label={text("document")}
        value={draft.cloud_init}
        onChange={(cloud_init) => change({ cloud_init })}
        help={text("cloudInitHelp", { bytes: new Intl.NumberFormat(locale).format(bytes) })}
        problem={same ? fieldProblem(error, "/cloud_init") : undefined}
        warning={
          faults.length > 0 &&
          faults.map(({ rule, line = 0 }, index) => (
            <div key={index}>{text("fault", { rule, line })}</div>
          ))
        }
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
