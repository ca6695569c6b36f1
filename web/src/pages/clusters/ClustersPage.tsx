import { EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter, PageSection } from "@patternfly/react-core";
import { ClusterIcon } from "@patternfly/react-icons/dist/esm/icons/cluster-icon";
import { api, type Schemas } from "../../api/client";
import { unreadable, useNumberList } from "../../app/list";
import { useMe } from "../../app/session";
import { useGo, useUrl } from "../../app/url";
import { EnvironmentLabel } from "../../components/EnvironmentLabel";
import { FilterBar } from "../../components/FilterBar";
import { Link } from "../../components/Link";
import { PageHeading } from "../../components/PageHeading";
import { ReasonedButton, useWhyNotPermitted } from "../../components/ReasonedButton";
import { StateLabel } from "../../components/StateLabel";
import { DataTable, type Column } from "../../components/table/DataTable";
import { Time } from "../../components/Time";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { clustersText } from "./text";

type Cluster = Schemas["Cluster"];

/** Clusters that VMs can be placed on. */
export function Page() {
  const text = useText(clustersText);
  const go = useGo();
  const why = useWhyNotPermitted(useMe().permissions, "platform:cluster:manage");
  const [{ environment, status }, change] = useUrl();
  const query = {
    ...(environment ? { environment } : {}),
    ...(status ? { status } : {}),
  };
  const list = useNumberList<Schemas["Cluster"]>(["clusters", query], (cut, signal) =>
    api.GET("/api/v1/clusters", { params: { query: { ...query, ...cut } }, signal }),
  );
  const columns: readonly Column<Cluster, keyof (typeof clustersText)["en"]>[] = [
    {
      label: "name",
      cell: ({ id, name, display_name }) => (
        <>
          <Link to={paths.cluster(id)}>{display_name}</Link>
          {display_name !== name && <div className="shepherd-subtle shepherd-mono">{name}</div>}
        </>
      ),
      modifier: "breakWord",
      width: 25,
    },
    { label: "environment", cell: (row) => <EnvironmentLabel environment={row.environment} /> },
    { label: "status", cell: (row) => <StateLabel of="cluster" state={row.status} /> },
    {
      label: "usable",
      cell: ({ usable, enabled }) =>
        enabled ? text(usable ? "usableYes" : "usableNo") : <StateLabel of="usable" state="disabled" />,
    },
    { label: "kubernetes", cell: ({ verdict }) => verdict.kubernetes_version ?? "–" },
    { label: "kubevirt", cell: ({ verdict }) => verdict.kubevirt_version ?? "–" },
    { label: "checked", cell: ({ checked_at }) => (checked_at ? <Time at={checked_at} /> : text("never")) },
  ];
  const register = (
    <ReasonedButton why={why} onClick={() => go(paths.newCluster())}>
      {text("register")}
    </ReasonedButton>
  );
  const search = new URLSearchParams(query).toString();
  const shown = !unreadable(list);
  return (
    <>
      <PageHeading title={text("title")} subtitle={text("subtitle")} actions={shown && register} />
      <PageSection>
        {shown && (
          <FilterBar
            filters={[
              { name: "environment", label: text("environment"), options: ["test", "prod"], word: "environment" },
              { name: "status", label: text("status"), options: ["HEALTHY", "UNHEALTHY", "UNREACHABLE", "UNKNOWN"], word: "cluster" },
            ]}
          />
        )}
        <DataTable
          label={text("title")}
          texts={clustersText}
          columns={columns}
          list={list}
          id={({ id }) => id}
          to={({ id }) => paths.cluster(id)}
          call={{ path: `/api/v1/clusters${search === "" ? "" : `?${search}`}` }}
          filtered={{
            active: environment !== undefined || status !== undefined,
            clear: () => change({ environment: undefined, status: undefined }),
          }}
          empty={
            <EmptyState icon={ClusterIcon} titleText={text("none")} headingLevel="h2">
              <EmptyStateBody>{text("noneBody")}</EmptyStateBody>
              <EmptyStateFooter>
                <EmptyStateActions>{register}</EmptyStateActions>
              </EmptyStateFooter>
            </EmptyState>
          }
        />
      </PageSection>
    </>
  );
}
