import { Alert, Slider } from "@patternfly/react-core";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { ComboField } from "../../components/ComboField";
import { TextField } from "../../components/fields";
import { keepsDisk } from "../../components/sizes";
import { useText } from "../../messages/catalogue";
import { diskFits, typedGib } from "./offer";
import type { PartProps } from "./PurposeFields";
import { SizeCards } from "./SizeCards";
import { newRequestText } from "./text";

/** Template, size and disk. */
export function MachineFields({ draft, offer, change, problem }: PartProps) {
  const text = useText(newRequestText);
  const size = offer.sizes.find(({ id }) => id === draft.size);
  const sized = keepsDisk(offer.templates.find(({ id }) => id === draft.template));
  const choose = (next: Schemas["InstanceSize"]) => {
    const kept = draft.disk === null || diskFits(typedGib(draft.disk), next);
    change({ size: next.id, ...(kept ? {} : { disk: null }) });
  };
  return (
    <>
      <ComboField
        id="template"
        label={text("template")}
        help={text("templateHelp")}
        value={draft.template}
        choices={offer.templates.map(({ id, name, version, display_name, os_family, os_version }) => ({
          value: id,
          label: display_name,
          description: text("templateLine", { os: `${os_family} ${os_version}`, name, version }),
        }))}
        onChange={(template) => change({ template })}
        placeholder={text("pickTemplate")}
        none={text("noTemplate")}
        problem={problem("/template_id")}
        required
      />
      <SizeCards sizes={offer.sizes} value={draft.size} sized={sized} onChange={choose} problem={problem("/instance_size_id")} />
      {!sized && <Alert variant="info" isInline isPlain title={text("diskless")} />}
      {size && sized && <DiskField size={size} value={draft.disk} onChange={(disk) => change({ disk })} problem={problem("/disk_gib")} />}
    </>
  );
}

interface DiskProps {
  size: Schemas["InstanceSize"];
  /** GiB as typed; null for the default. */
  value: string | null;
  onChange: (value: string) => void;
  problem: Schemas["FieldProblem"] | undefined;
}

/** The disk's size, by hand or by slider. */
function DiskField({ size, value, onChange, problem }: DiskProps) {
  const text = useText(newRequestText);
  const { min_gib: min, max_gib: max, default_gib: standard } = size.disk;
  const shown = value ?? String(standard);
  const gib = typedGib(shown);
  const fits = diskFits(gib, size);
  // Where the slider was last, so that it does not jump while somebody types.
  const [slid, setSlid] = useState(standard);
  if (fits && slid !== gib) setSlid(gib);
  return (
    <div className="shepherd-disk">
      <TextField
        id="disk"
        digits
        label={text("disk")}
        // The error says the same in its place, so that nothing below moves.
        help={fits ? text("diskHelp", { min, max, standard }) : undefined}
        value={shown}
        onChange={onChange}
        problem={problem}
        warning={fits ? undefined : text("diskBounds", { min, max })}
      />
      {min < max && (
        <Slider
          min={min}
          max={max}
          value={Math.min(Math.max(slid, min), max)}
          onChange={(_, chosen) => onChange(String(Math.round(chosen)))}
          showBoundaries={false}
          thumbAriaLabel={text("disk")}
        />
      )}
    </div>
  );
}
