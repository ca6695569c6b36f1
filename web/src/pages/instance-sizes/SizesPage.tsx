import { EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter, Label, LabelGroup, PageSection } from "@patternfly/react-core";
import { ServerIcon } from "@patternfly/react-icons/dist/esm/icons/server-icon";
import { api, type Schemas } from "../../api/client";
import { unreadable, useNumberList } from "../../app/list";
import { useLanguage } from "../../app/language";
import { useMe } from "../../app/session";
import { useGo, useUrl } from "../../app/url";
import { FilterBar } from "../../components/FilterBar";
import { Link } from "../../components/Link";
import { PageHeading } from "../../components/PageHeading";
import { ReasonedButton, useWhyNotPermitted } from "../../components/ReasonedButton";
import { memory } from "../../components/Size";
import { StateLabel } from "../../components/StateLabel";
import { stateText } from "../../components/stateText";
import { DataTable, type Column } from "../../components/table/DataTable";
import { Time } from "../../components/Time";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { sizesText } from "./text";

type Size = Schemas["InstanceSize"];

/** Instance sizes of the installation. */
export function Page() {
  const text = useText(sizesText);
  const states = useText(stateText);
  const { locale } = useLanguage();
  const go = useGo();
  const why = useWhyNotPermitted(useMe().permissions, "platform:instance_size:manage");
  const [{ enabled }, change] = useUrl();
  const query = { ...(enabled ? { enabled: enabled === "true" } : {}) };
  const list = useNumberList<Schemas["InstanceSize"]>(["instance-sizes", query], (cut, signal) =>
    api.GET("/api/v1/instance-sizes", { params: { query: { ...query, ...cut } }, signal }),
  );
  const columns: readonly Column<Size, keyof (typeof sizesText)["en"]>[] = [
    {
      label: "name",
      cell: ({ id, name, display_name }) => (
        <>
          <Link to={paths.size(id)}>{display_name}</Link>
          <div className="shepherd-subtle shepherd-mono">{name}</div>
        </>
      ),
      modifier: "breakWord",
      width: 25,
    },
    { label: "size", cell: ({ cpu_cores, memory_mib }) => <span className="shepherd-nowrap">{`${cpu_cores} vCPU · ${memory(locale, memory_mib)}`}</span> },
    { label: "disk", cell: ({ disk }) => text("diskBounds", { default: disk.default_gib, min: disk.min_gib, max: disk.max_gib }) },
    { label: "extras", cell: (size) => <Extras size={size} /> },
    { label: "state", cell: (size) => <StateLabel of="usable" state={size.enabled ? "enabled" : "disabled"} /> },
    { label: "changed", cell: ({ updated_at }) => <Time at={updated_at} /> },
  ];
  const button = (
    <ReasonedButton why={why} onClick={() => go(paths.newSize())}>
      {text("create")}
    </ReasonedButton>
  );
  const shown = !unreadable(list);
  return (
    <>
      <PageHeading title={text("title")} subtitle={text("subtitle")} actions={shown && button} />
      <PageSection>
        {shown && (
          <FilterBar
            filters={[
              {
                name: "enabled",
                label: text("filterState"),
                options: ["true", "false"],
                words: { true: states("usable_enabled"), false: states("usable_disabled") },
              },
            ]}
          />
        )}
        <DataTable
          label={text("title")}
          texts={sizesText}
          columns={columns}
          list={list}
          id={({ id }) => id}
          to={({ id }) => paths.size(id)}
          call={{ path: `/api/v1/instance-sizes${enabled ? `?enabled=${enabled}` : ""}` }}
          filtered={{ active: enabled !== undefined, clear: () => change({ enabled: undefined }) }}
          empty={
            <EmptyState icon={ServerIcon} titleText={text("none")} headingLevel="h2">
              <EmptyStateBody>{text("noneBody")}</EmptyStateBody>
              <EmptyStateFooter>
                <EmptyStateActions>{button}</EmptyStateActions>
              </EmptyStateFooter>
            </EmptyState>
          }
        />
      </PageSection>
    </>
  );
}

/** What sets a size apart from a plain one. */
function Extras({ size }: { size: Size }) {
  const text = useText(sizesText);
  const limit = size.cpu_cores * 1000;
  const less = (request: number | null | undefined, whole: number) => request !== null && request !== undefined && request < whole;
  const words = [
    size.dedicated_cpu && text("pinned"),
    (less(size.cpu_request_millis, limit) || less(size.memory_request_mib, size.memory_mib)) && text("overcommit"),
    size.hugepages && text("hugepagesShort", { size: size.hugepages }),
    size.gpus.length > 0 && text("gpus", { count: size.gpus.length }),
    size.sriov.length > 0 && text("sriovs", { count: size.sriov.length }),
    Object.keys(size.spec_overrides ?? {}).length > 0 && text("overridesShort"),
  ].filter((word): word is string => typeof word === "string" && word !== "");
  if (words.length === 0) return <>–</>;
  return (
    <LabelGroup numLabels={6}>
      {words.map((word) => (
        <Label key={word} isCompact>
          {word}
        </Label>
      ))}
    </LabelGroup>
  );
}
