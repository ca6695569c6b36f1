import { Card, CardBody, CardTitle, DataList, DataListCell, DataListItem, DataListItemCells, DataListItemRow, Skeleton } from "@patternfly/react-core";
import type { ReactNode } from "react";
import { api, type Schemas } from "../../api/client";
import { listed, useLanguage } from "../../app/language";
import { useRead } from "../../app/read";
import { useMe } from "../../app/session";
import { EnvironmentLabel } from "../../components/EnvironmentLabel";
import { Link } from "../../components/Link";
import { ProblemAlert } from "../../components/ProblemAlert";
import { useSizeWords } from "../../components/Size";
import { TicketState, TicketVm, useTicket } from "../../components/TicketCells";
import { commonText } from "../../components/text";
import { Countdown, Time } from "../../components/Time";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { homeText } from "./text";

type Row = Schemas["TicketRow"];

/** Requests shown at most; the rest is on the page of one's own requests. */
const SHOWN = 5;
/** Requests among which the ones to show are found. */
const LOOKED_AT = 50;
const OPEN = "PENDING,APPROVED,EXECUTING";
const CLOSED = "SUCCESS,FAILED,REJECTED,CANCELLED,EXPIRED";
/** Milliseconds between looks while something is being made. */
const OFTEN = 2_000;

/** Reads the reader's own requests in some states. */
export function useOwn(state: string | undefined, perPage: number) {
  const { principal } = useMe();
  const query = { requester_id: principal.id, per_page: perPage, ...(state ? { state } : {}) };
  return useRead<Schemas["TicketList"]>(["tickets", "own", query], (signal) =>
    api.GET("/api/v1/tickets", { params: { query }, signal }),
  );
}

/** What is under way: whom it waits for, and until when. */
export function OpenRequests() {
  const text = useText(homeText);
  const list = useOwn(OPEN, SHOWN);
  return (
    <Own title={text("open")} none={text("openNone")} list={list}>
      {(row) => [
        <What key="what" row={row} />,
        <WaitsFor key="who" row={row} />,
        <div key="state" className="shepherd-end">
          <TicketState row={row} />
          {row.state === "PENDING" && (
            <div className="shepherd-subtle pf-v6-u-mt-xs">
              <Countdown until={row.deadline_at} />
            </div>
          )}
        </div>,
      ]}
    </Own>
  );
}

/** What waits for the reader's decision, the nearest deadline first. */
export function RequestsToDecide() {
  const text = useText(homeText);
  const query = { decidable: true, sort: "deadline_at" as const, per_page: LOOKED_AT };
  const read = useRead<Schemas["TicketList"]>(["tickets", "to-decide", query], (signal) =>
    api.GET("/api/v1/tickets", { params: { query }, signal }),
  );
  // The server counts one's own among them, and refuses them.
  const list = { ...read, data: read.data && { items: decidable(read.data.items).slice(0, SHOWN) } };
  return (
    <Own title={text("toDecide")} none={text("toDecideNone")} list={list}>
      {(row) => [
        <What key="what" row={row} />,
        <div key="who">
          <span className="shepherd-break">{row.names.requester}</span>
          <div className="shepherd-subtle shepherd-lines-2">{row.reason}</div>
        </div>,
        <div key="where" className="shepherd-end">
          <EnvironmentLabel environment={row.names.environment} />
          <div className="shepherd-subtle pf-v6-u-mt-xs">
            <Countdown until={row.deadline_at} />
          </div>
        </div>,
      ]}
    </Own>
  );
}

/** Those that the reader may decide. */
export function decidable<T extends Pick<Row, "allowed_actions">>(rows: readonly T[]): T[] {
  return rows.filter(({ allowed_actions }) => allowed_actions.some(({ action, allowed }) => action === "approve" && allowed));
}

/** What was decided or finished lately. */
export function RecentRequests() {
  const text = useText(homeText);
  // The server sorts by submission; what was submitted long ago may have been decided just now.
  const list = useOwn(CLOSED, LOOKED_AT);
  const data = list.data && { ...list.data, items: list.data.items.toSorted((a, b) => endOf(b) - endOf(a)).slice(0, SHOWN) };
  return (
    <Own title={text("recent")} none={text("recentNone")} list={{ ...list, data }}>
      {(row) => [
        <What key="what" row={row} />,
        <div key="who">
          {row.names.decided_by && <span className="shepherd-break">{text("endedBy", { state: row.state, name: row.names.decided_by })}</span>}
          <div className="shepherd-subtle">
            <Time at={endedAt(row)} />
          </div>
        </div>,
        <div key="state" className="shepherd-end">
          <TicketState row={row} />
          <div className="pf-v6-u-mt-xs">
            <TicketVm row={row} />
          </div>
        </div>,
      ]}
    </Own>
  );
}

function endedAt(row: Row): string {
  return row.finished_at ?? row.decided_at ?? row.updated_at;
}

function endOf(row: Row): number {
  return new Date(endedAt(row)).getTime();
}

interface OwnProps {
  title: string;
  none: string;
  list: {
    data: Pick<Schemas["TicketList"], "items"> | undefined;
    error: Error | null;
    isPending: boolean;
    refetch: () => unknown;
  };
  children: (row: Row) => readonly ReactNode[];
}

function Own({ title, none, list, children }: OwnProps) {
  const common = useText(commonText);
  return (
    <Card isCompact>
      <CardTitle>
        <h2>{title}</h2>
      </CardTitle>
      <CardBody>
        {list.error && !list.data && <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />}
        {list.isPending && <Skeleton height="8rem" screenreaderText={common("loading")} />}
        {list.data?.items.length === 0 && <p className="shepherd-subtle">{none}</p>}
        {list.data && list.data.items.length > 0 && (
          <DataList aria-label={title} className="shepherd-flush" isCompact gridBreakpoint="none">
            {list.data.items.map((row) => (
              <DataListItem key={row.id} aria-labelledby={`own-${row.id}`}>
                <DataListItemRow>
                  <DataListItemCells
                    dataListCells={children(row).map((cell, index) => (
                      <DataListCell key={index} width={index === 0 ? 3 : 2} wrapModifier="breakWord">
                        {cell}
                      </DataListCell>
                    ))}
                  />
                </DataListItemRow>
              </DataListItem>
            ))}
          </DataList>
        )}
      </CardBody>
    </Card>
  );
}

function What({ row }: { row: Row }) {
  const words = useSizeWords();
  return (
    <>
      <Link id={`own-${row.id}`} to={paths.request(row.id)} className="shepherd-break">
        {row.vm_name}
      </Link>
      <div className="shepherd-subtle">{words(row.size)}</div>
    </>
  );
}

/** Who can act on a request now. */
function WaitsFor({ row }: { row: Row }) {
  const text = useText(homeText);
  const { locale } = useLanguage();
  const pending = row.state === "PENDING";
  const { data } = useTicket(row.id, pending ? {} : { every: OFTEN });
  if (!pending) return text("beingMade");
  if (!data) return null;
  const { names, total } = data.approvers;
  if (total === 0) return text("waitsForNobody");
  const few = names.slice(0, 2);
  return <span className="shepherd-break">{text("waitsFor", { names: listed(locale, few), more: total - few.length })}</span>;
}
