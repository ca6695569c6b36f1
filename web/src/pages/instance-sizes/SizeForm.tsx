import { Checkbox, Form, FormFieldGroup, FormFieldGroupHeader, Grid, GridItem } from "@patternfly/react-core";
import { useId, type SyntheticEvent, type ReactNode } from "react";
import { AreaField, SelectField, TextField } from "../../components/fields";
import { LabelField } from "../../components/LabelField";
import { fieldProblem } from "../../components/ProblemAlert";
import { useText } from "../../messages/catalogue";
import { overrides, pairs, type SizeDraft } from "./draft";
import { sizesText } from "./text";

/** Pointers that fields of the form show themselves. */
export const SHOWN = [
  "/name", "/display_name", "/description", "/sort_order", "/cpu_cores", "/memory_mib", "/disk/min_gib", "/disk/default_gib",
  "/disk/max_gib", "/cpu_request_millis", "/memory_request_mib", "/hugepages", "/spec_overrides",
] as const;

interface Props {
  draft: SizeDraft;
  change: (changes: Partial<SizeDraft>) => void;
  error: Error | null;
  /** The name that was sent when `error` came. */
  refused?: string | undefined;
  fresh: boolean;
  readOnly?: boolean;
  onSubmit: () => void;
  children: ReactNode;
}

/** Fields of an instance size. */
export function SizeForm({ draft, change, error, refused, fresh, readOnly = false, onSubmit, children }: Props) {
  const text = useText(sizesText);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    onSubmit();
  };
  const field = (key: keyof SizeDraft, pointer = `/${key}`) => ({
    id: key,
    value: String(draft[key]),
    onChange: (value: string) => change({ [key]: value }),
    problem: fieldProblem(error, pointer),
    disabled: readOnly,
  });
  const number = (key: keyof SizeDraft, label: string, pointer?: string) => ({ ...field(key, pointer), label, type: "number" as const });
  const limit = Number(draft.cpu_cores) * 1000;
  const percent = limit > 0 ? Math.round((100 * Number(draft.cpu_request_millis)) / limit) : 0;
  const gib = Number(draft.memory_mib) / 1024;
  const pinnedOvercommit =
    draft.dedicated_cpu &&
    ((draft.cpu_request_millis !== "" && Number(draft.cpu_request_millis) < limit) ||
      (draft.memory_request_mib !== "" && Number(draft.memory_request_mib) < Number(draft.memory_mib)));
  const lines = (key: "gpus" | "sriov") => {
    const { bad } = pairs(draft[key]);
    return bad === undefined ? undefined : text("lines", { line: bad });
  };
  const json = overrides(draft.spec_overrides);
  const jsonWarning = "value" in json ? undefined : "shape" in json ? text("overridesShape") : text("overridesInvalid", { detail: json.detail });
  return (
    <Form onSubmit={submit} isWidthLimited maxWidth="56rem">
      <Group title={text("basics")}>
        {fresh && <LabelField {...field("name")} label={text("name")} help={text("nameHelp")} error={error} refused={refused} />}
        <TextField {...field("display_name")} label={text("displayName")} required maxLength={100} />
        <AreaField {...field("description")} label={text("description")} maxLength={4096} rows={3} />
        <TextField {...number("sort_order", text("order"))} help={text("orderHelp")} />
        {fresh && <Checkbox id="enabled" label={text("enabled")} isChecked={draft.enabled} onChange={(_, enabled) => change({ enabled })} />}
      </Group>
      <Group title={text("hardware")}>
        <Grid hasGutter>
          <GridItem sm={6}>
            <TextField {...number("cpu_cores", text("cores"))} required />
          </GridItem>
          <GridItem sm={6}>
            <TextField {...number("memory_mib", text("memory"))} help={gib > 0 ? text("memoryGib", { gib }) : undefined} required />
          </GridItem>
        </Grid>
      </Group>
      <Group title={text("diskTitle")} help={text("diskHelp")}>
        <Grid hasGutter>
          <GridItem sm={4}>
            <TextField {...number("min_gib", text("min"), "/disk/min_gib")} required />
          </GridItem>
          <GridItem sm={4}>
            <TextField {...number("default_gib", text("default"), "/disk/default_gib")} required />
          </GridItem>
          <GridItem sm={4}>
            <TextField {...number("max_gib", text("max"), "/disk/max_gib")} required />
          </GridItem>
        </Grid>
      </Group>
      <Group title={text("placement")} help={text("overcommitHelp")}>
        <Grid hasGutter>
          <GridItem sm={6}>
            <TextField
              {...number("cpu_request_millis", text("cpuRequest"))}
              help={draft.cpu_request_millis === "" ? undefined : text("cpuRequestHelp", { limit, percent })}
              warning={pinnedOvercommit ? text("pinnedOvercommit") : undefined}
            />
          </GridItem>
          <GridItem sm={6}>
            <TextField {...number("memory_request_mib", text("memoryRequest"))} />
          </GridItem>
        </Grid>
        <Checkbox id="dedicated_cpu" label={text("dedicated")} description={text("dedicatedHelp")} isChecked={draft.dedicated_cpu} isDisabled={readOnly} onChange={(_, dedicated_cpu) => change({ dedicated_cpu })} />
        <SelectField
          {...field("hugepages")}
          label={text("hugepages")}
          help={text("hugepagesHelp")}
          options={[
            { value: "", label: text("hugepagesNone") },
            { value: "2Mi", label: "2 MiB" },
            { value: "1Gi", label: "1 GiB" },
          ]}
        />
      </Group>
      <Group title={text("devices")}>
        <AreaField {...field("gpus")} label={text("gpuList")} help={text("gpuHelp")} warning={lines("gpus")} rows={2} mono />
        <AreaField {...field("sriov")} label={text("sriovList")} help={text("sriovHelp")} warning={lines("sriov")} rows={2} mono />
        <AreaField {...field("spec_overrides")} label={text("overrides")} help={text("overridesHelp")} warning={jsonWarning} rows={6} mono />
      </Group>
      {children}
    </Form>
  );
}

function Group({ title, help, children }: { title: string; help?: string; children: ReactNode }) {
  const id = useId();
  return (
    <FormFieldGroup header={<FormFieldGroupHeader titleText={{ text: <strong>{title}</strong>, id }} titleDescription={help} />}>{children}</FormFieldGroup>
  );
}
