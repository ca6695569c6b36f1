import { EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter, PageSection } from "@patternfly/react-core";
import { PlusCircleIcon } from "@patternfly/react-icons/dist/esm/icons/plus-circle-icon";
import { ServerIcon } from "@patternfly/react-icons/dist/esm/icons/server-icon";
import { api, type Schemas } from "../../api/client";
import { useEverything } from "../../app/everything";
import { unreadable, useCursorList } from "../../app/list";
import { useMe } from "../../app/session";
import { useGo, useUrl } from "../../app/url";
import { FilterBar } from "../../components/FilterBar";
import { Link } from "../../components/Link";
import { PageHeading } from "../../components/PageHeading";
import { ReasonedButton, useWhyNotPermitted } from "../../components/ReasonedButton";
import { RequestState } from "../../components/RequestState";
import { StateReason } from "../../components/StateReason";
import { StateLabel } from "../../components/StateLabel";
import { DataTable, type Column } from "../../components/table/DataTable";
import { Time } from "../../components/Time";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { vmsText } from "./text";

type Vm = Schemas["Vm"];

const STATES = ["RUNNING", "STOPPED", "PAUSED", "FAILED", "NOT_FOUND", "UNKNOWN", "CREATING", "STARTING", "STOPPING", "MIGRATING", "DELETING"];
const FILTERS = ["state", "system_id", "namespace_id", "cluster_id"] as const;

/** VMs with the state of their request and their state on the cluster. */
export function Page() {
  const text = useText(vmsText);
  const go = useGo();
  const why = useWhyNotPermitted(useMe().permissions, "compute:vm:create");
  const [url, change] = useUrl();
  const query: Partial<Record<(typeof FILTERS)[number], string>> = {};
  for (const name of FILTERS) if (url[name]) query[name] = url[name];
  const list = useCursorList<Vm>(["vms", query], (cut, signal) => api.GET("/api/v1/vms", { params: { query: { ...query, ...cut } }, signal }));
  const systems = useEverything<Schemas["System"]>(["systems"], (page, signal) =>
    api.GET("/api/v1/systems", { params: { query: page }, signal }),
  );
  const namespaces = useEverything<Schemas["Namespace"]>(["namespaces"], (page, signal) =>
    api.GET("/api/v1/namespaces", { params: { query: page }, signal }),
  );
  const columns: readonly Column<Vm, keyof (typeof vmsText)["en"]>[] = [
    {
      label: "name",
      width: 25,
      cell: ({ id, name, system, service }) => (
        <>
          <Link to={paths.vm(id)} className="shepherd-break">
            {name}
          </Link>
          <br />
          <small className="shepherd-subtle shepherd-break">
            {system} / {service}
          </small>
        </>
      ),
    },
    { label: "requestState", cell: (vm) => <RequestState vm={vm} short /> },
    {
      label: "clusterState",
      width: 25,
      cell: ({ state, state_reason, observed_at }) => (
        <>
          <StateLabel of="vm" state={state} />
          <StateReason reason={state_reason} short />
          <div>
            <small className="shepherd-subtle">
              {observed_at ? (
                <>
                  {text("asOf")} <Time at={observed_at} />
                </>
              ) : (
                text(state === "FAILED" ? "neverThere" : "never")
              )}
            </small>
          </div>
        </>
      ),
    },
    { label: "where", cell: ({ namespace }) => <span className="shepherd-nowrap">{namespace}</span> },
    {
      label: "runsOn",
      cell: ({ cluster, node, state }) => (
        <>
          <span className="shepherd-clip" title={cluster}>
            {cluster}
          </span>
          <br />
          <small className="shepherd-subtle shepherd-clip" title={node ?? ""}>
            {node ?? (state === "FAILED" ? "–" : text("noNode"))}
          </small>
        </>
      ),
    },
    { label: "address", cell: ({ guest_ip }) => <span className="shepherd-mono">{guest_ip ?? "–"}</span> },
  ];
  const request = (
    <ReasonedButton why={why} icon={<PlusCircleIcon />} onClick={() => go(paths.newRequest())}>
      {text("newRequest")}
    </ReasonedButton>
  );
  const shown = !unreadable(list);
  return (
    <>
      <PageHeading title={text("title")} subtitle={text("subtitle")} actions={shown && request} />
      <PageSection>
        {shown && (
          <FilterBar
            filters={[
              { name: "state", label: text("filterState"), options: STATES, word: "vm" },
              { name: "system_id", label: text("filterSystem"), ...choices(systems.data) },
              { name: "namespace_id", label: text("filterNamespace"), ...choices(namespaces.data) },
            ]}
          />
        )}
        <DataTable
          label={text("title")}
          texts={vmsText}
          columns={columns}
          list={list}
          id={({ id }) => id}
          to={({ id }) => paths.vm(id)}
          call={{ path: `/api/v1/vms?${new URLSearchParams(query).toString()}` }}
          filtered={{
            active: FILTERS.some((name) => query[name] !== undefined),
            clear: () => change(Object.fromEntries(FILTERS.map((name) => [name, undefined]))),
          }}
          empty={<Nothing request={request} />}
        />
      </PageSection>
    </>
  );
}

/** Things with names as values of a filter. */
function choices(things: readonly { id: string; name: string }[] = []) {
  return { options: things.map(({ id }) => id), words: Object.fromEntries(things.map(({ id, name }) => [id, name])) };
}

function Nothing({ request }: { request: React.ReactNode }) {
  const text = useText(vmsText);
  return (
    <EmptyState titleText={text("none")} headingLevel="h2" icon={ServerIcon}>
      <EmptyStateBody>{text("noneBody")}</EmptyStateBody>
      <EmptyStateFooter>
        <EmptyStateActions>{request}</EmptyStateActions>
        <EmptyStateActions>
          <Link to={paths.myRequests()}>{text("openRequests")}</Link>
        </EmptyStateActions>
      </EmptyStateFooter>
    </EmptyState>
  );
}
