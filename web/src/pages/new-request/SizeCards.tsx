import { Card, CardBody, CardHeader, CardTitle, FormGroup, FormHelperText, Gallery, HelperText, HelperTextItem } from "@patternfly/react-core";
import type { Schemas } from "../../api/client";
import { useLanguage } from "../../app/language";
import { Link } from "../../components/Link";
import { memory } from "../../components/Size";
import { useText } from "../../messages/catalogue";
import { fieldWords } from "../../messages/fields";
import { paths } from "../../paths";
import { newRequestText } from "./text";

type InstanceSize = Schemas["InstanceSize"];

interface Props {
  sizes: readonly InstanceSize[];
  value: string;
  /** Whether the VM has a disk whose size is chosen. */
  sized: boolean;
  onChange: (size: InstanceSize) => void;
  problem: Schemas["FieldProblem"] | undefined;
}

/** Sizes as cards, one of which is chosen. */
export function SizeCards({ sizes, value, sized, onChange, problem }: Props) {
  const text = useText(newRequestText);
  const { locale } = useLanguage();
  return (
    <FormGroup role="radiogroup" label={text("size")} fieldId="size" isRequired>
      <Gallery hasGutter minWidths={{ default: "13rem" }} id="size" tabIndex={-1}>
        {sizes.map((size) => (
          <SizeCard key={size.id} size={size} sized={sized} chosen={size.id === value} onChoose={() => onChange(size)} />
        ))}
      </Gallery>
      <FormHelperText>
        <HelperText isLiveRegion={problem !== undefined}>
          {problem && <HelperTextItem variant="error" screenReaderText="">{fieldWords(locale, problem)}</HelperTextItem>}
          <HelperTextItem>
            <Link to={paths.catalogue()}>{text("compare")}</Link>
          </HelperTextItem>
        </HelperText>
      </FormHelperText>
    </FormGroup>
  );
}

function SizeCard({ size, sized, chosen, onChoose }: { size: InstanceSize; sized: boolean; chosen: boolean; onChoose: () => void }) {
  const text = useText(newRequestText);
  const { locale } = useLanguage();
  const { id, display_name, cpu_cores, memory_mib, disk, dedicated_cpu, hugepages, gpus, sriov } = size;
  const extras = [
    ...(dedicated_cpu ? [text("pinned")] : []),
    ...(hugepages ? [text("hugepages", { size: hugepages })] : []),
    ...gpus.map(({ device_name }) => text("gpu", { device: device_name })),
    ...sriov.map(({ network }) => network),
  ];
  return (
    <Card isSelectable isSelected={chosen} isCompact isFullHeight>
      <CardHeader
        selectableActions={{
          variant: "single",
          selectableActionId: `size-${id}`,
          selectableActionAriaLabelledby: `size-${id}-name size-${id}-cpu size-${id}-memory`,
          name: "size",
          // eslint-disable-next-line @typescript-eslint/no-deprecated -- the card has no other way to say it is chosen
          isChecked: chosen,
          onChange: onChoose,
        }}
      >
        <CardTitle id={`size-${id}-name`} className="shepherd-break">
          {display_name}
        </CardTitle>
      </CardHeader>
      <CardBody>
        <div id={`size-${id}-cpu`}>{text("cpu", { cores: cpu_cores })}</div>
        <div id={`size-${id}-memory`}>{text("sizeMemory", { memory: memory(locale, memory_mib) })}</div>
        {sized && <div className="shepherd-subtle">{text("sizeDisk", { min: disk.min_gib, max: disk.max_gib })}</div>}
        {extras.map((extra, index) => (
          <div key={index} className="shepherd-subtle shepherd-break">
            {extra}
          </div>
        ))}
      </CardBody>
    </Card>
  );
}
