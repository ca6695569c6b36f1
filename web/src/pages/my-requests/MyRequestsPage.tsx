import {
  EmptyState,
  EmptyStateActions,
  EmptyStateBody,
  EmptyStateFooter,
  PageSection,
  ToggleGroup,
  ToggleGroupItem,
  Toolbar,
  ToolbarContent,
  ToolbarItem,
} from "@patternfly/react-core";
import { PlusCircleIcon } from "@patternfly/react-icons/dist/esm/icons/plus-circle-icon";
import { api, type Schemas } from "../../api/client";
import { unreadable, useCursorList } from "../../app/list";
import { useMe } from "../../app/session";
import { useGo, useUrl } from "../../app/url";
import { Link } from "../../components/Link";
import { PageHeading } from "../../components/PageHeading";
import { ReasonedButton, useWhyNotPermitted } from "../../components/ReasonedButton";
import { SearchField } from "../../components/SearchField";
import { DataTable, type Column } from "../../components/table/DataTable";
import { TicketState, TicketVm, TicketWhat, TicketWhere } from "../../components/TicketCells";
import { Countdown, Time } from "../../components/Time";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { myRequestsText } from "./text";

type Row = Schemas["TicketRow"];

/** What the filter shows, as states of the contract. */
const STATES = {
  all: undefined,
  waiting: "PENDING",
  running: "APPROVED,EXECUTING",
  done: "SUCCESS",
  refused: "REJECTED,CANCELLED,EXPIRED",
  failed: "FAILED",
} as const;
const SHOWS = Object.keys(STATES) as (keyof typeof STATES)[];

const COLUMNS: readonly Column<Row, keyof (typeof myRequestsText)["en"]>[] = [
  { label: "what", width: 40, cell: (row) => <TicketWhat row={row} /> },
  { label: "where", width: 20, cell: (row) => <TicketWhere row={row} /> },
  { label: "state", cell: (row) => <StateAndNext row={row} /> },
  { label: "age", cell: ({ created_at }) => <Time at={created_at} /> },
  { label: "decided", cell: (row) => <DecidedBy row={row} /> },
];

/** One's own requests. */
export function Page() {
  const text = useText(myRequestsText);
  const me = useMe();
  const [{ show = "all", q }, change] = useUrl();
  const chosen = SHOWS.find((each) => each === show) ?? "all";
  const query = {
    requester_id: me.principal.id,
    ...(STATES[chosen] ? { state: STATES[chosen] } : {}),
    ...(q ? { q } : {}),
  };
  const list = useCursorList<Row>(["tickets", "mine", query], (cut, signal) =>
    api.GET("/api/v1/tickets", { params: { query: { ...query, ...cut } }, signal }),
  );
  const filter = (changes: Record<string, string | undefined>) => change(changes);
  const shown = !unreadable(list);
  return (
    <>
      <PageHeading title={text("title")} subtitle={text("subtitle")} actions={shown && <NewRequest />} />
      <PageSection>
        {shown && <Toolbar>
          <ToolbarContent>
            <ToolbarItem>
              <ToggleGroup aria-label={text("show")}>
                {SHOWS.map((each) => (
                  <ToggleGroupItem
                    key={each}
                    text={text(`show_${each}`)}
                    isSelected={each === chosen}
                    onChange={() => filter({ show: each === "all" ? undefined : each })}
                  />
                ))}
              </ToggleGroup>
            </ToolbarItem>
            <ToolbarItem>
              <SearchField
                label={text("search")}
                placeholder={text("searchHint")}
                value={q ?? ""}
                onChange={(typed) => filter({ q: typed.slice(0, 200) })}
              />
            </ToolbarItem>
          </ToolbarContent>
        </Toolbar>}
        <DataTable
          label={text("title")}
          texts={myRequestsText}
          columns={COLUMNS}
          list={list}
          id={({ id }) => id}
          to={({ id }) => paths.request(id)}
          call={{ path: `/api/v1/tickets?${new URLSearchParams(query).toString()}` }}
          filtered={{
            active: chosen !== "all" || q !== undefined,
            clear: () => filter({ show: undefined, q: undefined }),
          }}
          empty={<Nothing />}
        />
      </PageSection>
    </>
  );
}

function NewRequest() {
  const text = useText(myRequestsText);
  const go = useGo();
  const why = useWhyNotPermitted(useMe().permissions, "compute:vm:create");
  return (
    <ReasonedButton why={why} icon={<PlusCircleIcon />} onClick={() => go(paths.newRequest())}>
      {text("newRequest")}
    </ReasonedButton>
  );
}

/** The state, and below it what comes next: the deadline while it waits, the VM once there is one. */
function StateAndNext({ row }: { row: Row }) {
  return (
    <>
      <TicketState row={row} />
      <div>
        {row.state === "PENDING" ? (
          <small className="shepherd-subtle">
            <Countdown until={row.deadline_at} />
          </small>
        ) : (
          <TicketVm row={row} />
        )}
      </div>
    </>
  );
}

/** Who decided; that nobody did, where it was taken back or its time ran out. */
function DecidedBy({ row }: { row: Row }) {
  const text = useText(myRequestsText);
  if (!row.names.decided_by || !row.decided_at) return null;
  const who = row.state === "CANCELLED" ? text("takenBack") : row.state === "EXPIRED" ? text("nobody") : text("by", { name: row.names.decided_by });
  return (
    <>
      <span className="shepherd-clip" title={who}>
        {who}
      </span>
      <br />
      <small className="shepherd-subtle">
        <Time at={row.decided_at} />
      </small>
    </>
  );
}

function Nothing() {
  const text = useText(myRequestsText);
  return (
    <EmptyState titleText={text("none")} headingLevel="h2" icon={PlusCircleIcon}>
      <EmptyStateBody>{text("noneBody")}</EmptyStateBody>
      <EmptyStateFooter>
        <EmptyStateActions>
          <NewRequest />
        </EmptyStateActions>
        <EmptyStateActions>
          <Link to={paths.catalogue()}>{text("openCatalogue")}</Link>
        </EmptyStateActions>
      </EmptyStateFooter>
    </EmptyState>
  );
}
