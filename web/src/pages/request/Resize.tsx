import { Button, ExpandableSection } from "@patternfly/react-core";
import { useEffect, useState } from "react";
import type { Schemas } from "../../api/client";
import { useUrl } from "../../app/url";
import { AreaField, TextField } from "../../components/fields";
import { fieldProblem } from "../../components/ProblemAlert";
import { useText } from "../../messages/catalogue";
import type { Choice } from "./choice";
import { decideText } from "./decideText";

interface Props {
  size: Schemas["InstanceSize"];
  /** Disk that was asked for, in GiB. */
  diskGib: number;
  choice: Choice;
  reason: string;
  onReason: (reason: string) => void;
  /** What the server says about the preview. */
  error: Error | null;
}

/** Resources in place of the size's, as a whole, with the reason that goes with them. */
export function Resize({ size, diskGib, choice, reason, onReason, error }: Props) {
  const text = useText(decideText);
  const [, change] = useUrl();
  const { modified } = choice;
  const [open, setOpen] = useState(modified !== undefined);
  const keep = () => change({ cpu: undefined, memory: undefined, disk: undefined });
  const begin = () => setOpen(true);
  return (
    <ExpandableSection
      toggleText={text("resize")}
      isExpanded={open}
      onToggle={(_, expanded) => (expanded ? begin() : setOpen(false))}
      isIndented
    >
      <p className="shepherd-subtle pf-v6-u-font-size-sm pf-v6-u-mb-sm">{text("resizeHelp")}</p>
      <div className="shepherd-three">
        <Amount name="cpu" label={text("cores")} value={modified?.cpu_cores ?? size.cpu_cores} min={1} help={text("atLeast", { min: 1 })} problem={fieldProblem(error, "/modified_spec/cpu_cores")} />
        <Amount name="memory" label={text("memory")} value={modified?.memory_mib ?? size.memory_mib} min={64} help={text("atLeast", { min: 64 })} problem={fieldProblem(error, "/modified_spec/memory_mib")} />
        <Amount
          name="disk"
          label={text("disk")}
          value={modified?.disk_gib ?? diskGib}
          min={size.disk.min_gib}
          max={size.disk.max_gib}
          help={text("bounds", { min: size.disk.min_gib, max: size.disk.max_gib })}
          problem={fieldProblem(error, "/modified_spec/disk_gib")}
        />
      </div>
      {modified && (
        <>
          <AreaField
            id="modification-reason"
            label={text("resizeReason")}
            value={reason}
            onChange={onReason}
            required
            rows={2}
            maxLength={2048}
            help={text("resizeReasonNeeded")}
          />
          <Button variant="link" isInline onClick={keep}>
            {text("keepSize")}
          </Button>
        </>
      )}
    </ExpandableSection>
  );
}

interface AmountProps {
  /** Parameter of the address. */
  name: "cpu" | "memory" | "disk";
  label: string;
  value: number;
  min: number;
  max?: number;
  help: string;
  problem: Schemas["FieldProblem"] | undefined;
}

/** Milliseconds of rest after which a typed number is previewed. */
const REST = 400;

/** A number that goes into the address once typing rests and it is possible. */
function Amount({ name, label, value, min, max, help, problem }: AmountProps) {
  const text = useText(decideText);
  const [, change] = useUrl();
  const [typed, setTyped] = useState(String(value));
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    setTyped(String(value));
  }
  const number = Number(typed);
  const possible = Number.isInteger(number) && number >= min && (max === undefined || number <= max);
  useEffect(() => {
    if (!possible || number === value) return;
    const timer = window.setTimeout(() => change({ [name]: String(number) }), REST);
    return () => window.clearTimeout(timer);
  }, [possible, number, value, name, change]);
  const warning = possible ? undefined : max === undefined ? help : text("outOfBounds", { min, max });
  return (
    <TextField id={`resize-${name}`} type="number" label={label} value={typed} onChange={setTyped} help={help} warning={warning} problem={problem} />
  );
}
