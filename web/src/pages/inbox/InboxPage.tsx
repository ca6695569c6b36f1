import { EmptyState, EmptyStateBody, EmptyStateFooter, PageSection } from "@patternfly/react-core";
import { CheckCircleIcon } from "@patternfly/react-icons/dist/esm/icons/check-circle-icon";
import { InboxIcon } from "@patternfly/react-icons/dist/esm/icons/inbox-icon";
import { api, type Schemas } from "../../api/client";
import { useCursorList, unreadable } from "../../app/list";
import { useMay } from "../../app/session";
import { useGo, useUrl } from "../../app/url";
import { Link } from "../../components/Link";
import { NavTabs } from "../../components/NavTabs";
import { PageHeading } from "../../components/PageHeading";
import { useWhyNotOf } from "../../components/ReasonedButton";
import { DataTable, type Column } from "../../components/table/DataTable";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { Age, Deadline, Decision, State, What, Where, Who } from "./cells";
import { Time } from "../../components/Time";
import { Filters } from "./Filters";
import { FILTERS, pathOf, queryOf, TABS, tabOf, type Tab as TabName } from "./query";
import { Strip } from "./Strip";
import { inboxText } from "./text";

type Row = Schemas["TicketRow"];
type Columns = readonly Column<Row, keyof (typeof inboxText)["en"]>[];

const AGE: Columns = [{ label: "age", cell: (row) => <Age row={row} />, modifier: "fitContent" }];
/** The lists of what was decided are in the order of submission, which this column shows. */
const SUBMITTED: Columns = [{ label: "submitted", cell: ({ created_at }) => <Time at={created_at} />, modifier: "fitContent" }];
const SUBJECT: Columns = [
  { label: "what", cell: (row) => <What row={row} />, width: 30 },
  { label: "where", cell: (row) => <Where row={row} />, width: 25 },
  { label: "who", cell: (row) => <Who row={row} />, width: 15 },
];
const DEADLINE: Columns = [{ label: "deadline", cell: (row) => <Deadline row={row} /> }];
const DECISION: Columns = [{ label: "decidedAt", cell: (row) => <Decision row={row} />, width: 15 }];
const STATE: Columns = [{ label: "state", cell: (row) => <State row={row} /> }];

const COLUMNS: Readonly<Record<TabName, Columns>> = {
  decide: [...AGE, ...DEADLINE, ...SUBJECT, ...STATE],
  decided: [...SUBMITTED, ...SUBJECT, ...DECISION, ...STATE],
  all: [...SUBMITTED, ...SUBJECT, ...DECISION, ...STATE],
};

/** Requests that wait for the reader, those that were decided, and all. */
export function Page() {
  const text = useText(inboxText);
  const go = useGo();
  const [url, change] = useUrl();
  const tab = tabOf(url, useMay("governance:approval:decide"));
  const query = queryOf(url, tab);
  const list = useCursorList<Row>(["tickets", "inbox", query], (cut, signal) =>
    api.GET("/api/v1/tickets", { params: { query: { ...query, ...cut } }, signal }),
  );
  const whyNot = useWhyNotOf();
  const clear = Object.fromEntries(FILTERS.map((name) => [name, undefined]));
  const narrowed = FILTERS.some((name) => url[name] !== undefined && (name !== "state" || tab === "all"));
  const decide = (how: "approve" | "reject") => (row: Row) => go(paths.request(row.id, { decide: how }));
  return (
    <>
      <PageHeading title={text("title")} />
      <PageSection className="shepherd-joined">
        <Strip />
        <NavTabs label={text("tabs")} current={tab} tabs={TABS.map((name) => ({ name, title: text(name), to: paths.inbox({ tab: name }) }))} />
        <section aria-label={text(tab)}>
        {!unreadable(list) && <Filters tab={tab} requester={list.data?.items.find(({ requester_id }) => requester_id === url["requester_id"])?.names.requester} />}
        <DataTable
          label={text(tab)}
          texts={inboxText}
          columns={COLUMNS[tab]}
          list={list}
          id={({ id }) => id}
          to={({ id }) => paths.request(id)}
          dimmed={(row) => (tab === "decide" ? whyNot(row.allowed_actions, "approve") : undefined)}
          hint={tab === "decide" ? text("keys") : undefined}
          keys={{ a: decide("approve"), r: decide("reject") }}
          call={{ path: pathOf(query) }}
          empty={<Empty tab={tab} />}
          filtered={{ active: narrowed, clear: () => change(clear) }}
        />
        </section>
      </PageSection>
    </>
  );
}

function Empty({ tab }: { tab: TabName }) {
  const text = useText(inboxText);
  const [title, body] = (
    {
      decide: ["emptyDecide", "emptyDecideBody"],
      decided: ["emptyDecided", "emptyDecidedBody"],
      all: ["emptyAll", "emptyAllBody"],
    } as const
  )[tab];
  return (
    <EmptyState icon={tab === "decide" ? CheckCircleIcon : InboxIcon} titleText={text(title)} headingLevel="h2">
      <EmptyStateBody>{text(body)}</EmptyStateBody>
      {tab === "decide" && (
        <EmptyStateFooter>
          <Link to={paths.inbox({ tab: "decided" })}>{text("seeDecided")}</Link>
        </EmptyStateFooter>
      )}
    </EmptyState>
  );
}
