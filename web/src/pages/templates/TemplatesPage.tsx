import { EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter, PageSection } from "@patternfly/react-core";
import { CatalogIcon } from "@patternfly/react-icons/dist/esm/icons/catalog-icon";
import { api, type Schemas } from "../../api/client";
import { unreadable, useNumberList } from "../../app/list";
import { useMe } from "../../app/session";
import { useGo, useUrl } from "../../app/url";
import { FilterBar } from "../../components/FilterBar";
import { Link } from "../../components/Link";
import { PageHeading } from "../../components/PageHeading";
import { ReasonedButton, useWhyNotPermitted } from "../../components/ReasonedButton";
import { StateLabel } from "../../components/StateLabel";
import { DataTable, type Column } from "../../components/table/DataTable";
import { Time } from "../../components/Time";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { sourceLine } from "./draft";
import { templatesText } from "./text";

type Template = Schemas["Template"];

/** Versions of templates; those of one name stand together, the newest first. */
export function Page() {
  const text = useText(templatesText);
  const go = useGo();
  const why = useWhyNotPermitted(useMe().permissions, "platform:template:manage");
  const [{ name, status }, change] = useUrl();
  const query = { ...(name ? { name } : {}), ...(status ? { status } : {}) };
  const list = useNumberList<Schemas["Template"]>(["templates", query], (cut, signal) =>
    api.GET("/api/v1/templates", { params: { query: { ...query, ...cut } }, signal }),
  );
  const rows = list.data?.items ?? [];
  const first = new Set(rows.filter((row, index) => rows[index - 1]?.name !== row.name).map(({ id }) => id));
  const columns: readonly Column<Template, keyof (typeof templatesText)["en"]>[] = [
    {
      label: "name",
      // The name is shown once for all its versions; screen readers hear it with each link.
      cell: (row) =>
        first.has(row.id) ? (
          <>
            <strong>{row.display_name}</strong>
            <div className="shepherd-subtle shepherd-mono">{row.name}</div>
          </>
        ) : null,
      modifier: "breakWord",
      width: 20,
    },
    {
      label: "version",
      modifier: "nowrap",
      cell: (row) => (
        <Link to={paths.template(row.id)} aria-label={`${row.display_name} ${text("versionN", { version: row.version })}`}>
          {text("versionN", { version: row.version })}
        </Link>
      ),
    },
    { label: "state", cell: (row) => <StateLabel of="template" state={row.status} /> },
    { label: "os", cell: ({ os_family, os_version }) => `${os_family} ${os_version}`.trim() || "–" },
    { label: "source", cell: ({ boot_source }) => <span className="shepherd-mono shepherd-break">{sourceLine(boot_source)}</span>, width: 30 },
    { label: "changed", cell: ({ updated_at }) => <Time at={updated_at} /> },
  ];
  const button = (
    <ReasonedButton why={why} onClick={() => go(paths.newTemplate())}>
      {text("create")}
    </ReasonedButton>
  );
  const search = new URLSearchParams(query).toString();
  const shown = !unreadable(list);
  return (
    <>
      <PageHeading title={text("title")} subtitle={text("subtitle")} actions={shown && button} />
      <PageSection>
        {shown && (
          <FilterBar
            filters={[
              { name: "name", label: text("name") },
              { name: "status", label: text("state"), options: ["draft", "active", "deprecated", "archived"], word: "template" },
            ]}
          />
        )}
        <DataTable
          label={text("title")}
          texts={templatesText}
          columns={columns}
          list={list}
          id={({ id }) => id}
          to={({ id }) => paths.template(id)}
          call={{ path: `/api/v1/templates?${search}` }}
          filtered={{
            active: name !== undefined || status !== undefined,
            clear: () => change({ name: undefined, status: undefined }),
          }}
          empty={
            <EmptyState icon={CatalogIcon} titleText={text("none")} headingLevel="h2">
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
