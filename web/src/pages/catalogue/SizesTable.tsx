import { Button, EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter } from "@patternfly/react-core";
import type { UseQueryResult } from "@tanstack/react-query";
import { whole } from "../../app/list";
import type { Schemas } from "../../api/client";
import { useLanguage } from "../../app/language";
import { useMay, useMe } from "../../app/session";
import { useGo } from "../../app/url";
import { ReasonedButton, useWhyNotPermitted } from "../../components/ReasonedButton";
import { memory } from "../../components/Size";
import { DataTable, type Column } from "../../components/table/DataTable";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { matches } from "./matching";
import { catalogueText } from "./text";

type InstanceSize = Schemas["InstanceSize"];

interface Props {
  sizes: UseQueryResult<InstanceSize[]>;
  needle: string;
  filtered: { active: boolean; clear: () => void };
}

/** Instance sizes one below the other, so that they can be compared. */
export function SizesTable({ sizes, needle, filtered }: Props) {
  const text = useText(catalogueText);
  const { locale } = useLanguage();
  const go = useGo();
  const { permissions } = useMe();
  const why = useWhyNotPermitted(permissions, "compute:vm:create");
  const all = sizes.data ?? [];
  const shown = all.filter(({ name, display_name, description }) => matches(needle, [name, display_name, description]));
  const columns: readonly Column<InstanceSize, keyof (typeof catalogueText)["en"]>[] = [
    {
      label: "size",
      width: 25,
      cell: ({ display_name, description }) => (
        <>
          <strong className="shepherd-break">{display_name}</strong>
          {description !== "" && <div className="shepherd-subtle shepherd-break">{description}</div>}
        </>
      ),
    },
    { label: "cpu", cell: ({ cpu_cores }) => cpu_cores },
    { label: "memory", cell: ({ memory_mib }) => memory(locale, memory_mib), modifier: "nowrap" },
    {
      label: "disk",
      cell: ({ disk }) => text("diskRange", { standard: disk.default_gib, min: disk.min_gib, max: disk.max_gib }),
    },
    { label: "cores", cell: ({ dedicated_cpu }) => text(dedicated_cpu ? "dedicated" : "shared") },
    { label: "devices", cell: (size) => <Devices size={size} /> },
    {
      label: "act",
      cell: ({ id, display_name }) => (
        <ReasonedButton
          variant="secondary"
          size="sm"
          why={why}
          onClick={() => go(paths.newRequest({ size: id }))}
          aria-label={text("requestOf", { name: display_name })}
        >
          {text("request")}
        </ReasonedButton>
      ),
    },
  ];
  return (
    <DataTable
      label={text("sizes")}
      texts={catalogueText}
      columns={columns}
      list={whole({ ...sizes, data: sizes.data && { items: shown } })}
      id={({ id }) => id}
      call={{ path: "/api/v1/instance-sizes?enabled=true" }}
      filtered={{ ...filtered, active: filtered.active && all.length > 0 }}
      empty={<NoSizes />}
    />
  );
}

function Devices({ size }: { size: InstanceSize }) {
  const text = useText(catalogueText);
  const lines = [
    ...(size.hugepages ? [text("hugepages", { size: size.hugepages })] : []),
    ...size.gpus.map(({ device_name }) => device_name),
    ...size.sriov.map(({ network }) => network),
  ];
  if (lines.length === 0) return <span className="shepherd-subtle">–</span>;
  return lines.map((line, index) => (
    <div key={index} className="shepherd-break">
      {line}
    </div>
  ));
}

function NoSizes() {
  const text = useText(catalogueText);
  const go = useGo();
  const may = useMay("platform:instance_size:manage");
  return (
    <EmptyState titleText={text("noSizes")} headingLevel="h3" variant="sm">
      <EmptyStateBody>{text("noSizesBody")}</EmptyStateBody>
      {may && (
        <EmptyStateFooter>
          <EmptyStateActions>
            <Button onClick={() => go(paths.newSize())}>{text("makeSize")}</Button>
          </EmptyStateActions>
        </EmptyStateFooter>
      )}
    </EmptyState>
  );
}
