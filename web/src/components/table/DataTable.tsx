import { Button, EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter, Skeleton } from "@patternfly/react-core";
import { FilterIcon } from "@patternfly/react-icons/dist/esm/icons/filter-icon";
import { useRef, type ReactNode } from "react";
import type { List } from "../../app/list";
import { useGo } from "../../app/url";
import { useText, type Catalogue } from "../../messages/catalogue";
import type { Call } from "../CurlButton";
import { missingPermission, NoPermission } from "../NoPermission";
import { ProblemAlert } from "../ProblemAlert";
import { commonText } from "../text";
import { ListFooter } from "./ListFooter";
import { Rows } from "./Rows";
import type { Column, Detail } from "./Row";
import { Table, Tbody, Td, Th, Thead, Tr } from "./Table";
import { useSettledWidths } from "./widths";

export type { Column } from "./Row";

interface Props<Row, K extends string> {
  /** Names the table to screen readers. */
  label: string;
  texts: Catalogue<K>;
  columns: readonly Column<Row, K>[];
  list: List<Row>;
  id: (row: Row) => string;
  /** Where a row leads. */
  to?: (row: Row) => string;
  /** What a row shows below itself when it is opened. */
  detail?: Detail<Row>;
  /** Why a row is dimmed, in words. */
  dimmed?: (row: Row) => string | undefined;
  /** Further keys that act on the row under the cursor, such as `a`. */
  keys?: Readonly<Record<string, (row: Row) => void>>;
  /** Says what those do. */
  hint?: string | undefined;
  call: Call;
  /** Shown when there is nothing at all; teaches the next step. */
  empty: ReactNode;
  /** Whether filters narrow the list, and how they are cleared. */
  filtered?: { active: boolean; clear: () => void };
}

/** A list that goes on as it is scrolled: rows that are reached by keyboard, how many there are and as of when, and every state it can be in. */
export function DataTable<Row, K extends string>(props: Props<Row, K>) {
  const { label, texts, columns, list, id, to, detail, dimmed, keys, hint, call, empty, filtered } = props;
  const text = useText(texts);
  const common = useText(commonText);
  const go = useGo();
  const table = useRef<HTMLTableElement>(null);
  const rows = list.data?.items ?? [];
  const widths = useSettledWidths(table, rows.length);
  const open = detail?.toggle ?? (to && ((row: Row) => go(to(row))));
  const permission = missingPermission(list.error);
  if (permission !== undefined) return <NoPermission permission={permission} />;
  if (list.error && !list.data) {
    return (
      <div className="pf-v6-u-mt-md">
        <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />
      </div>
    );
  }
  if (list.data && rows.length === 0) {
    return filtered?.active ? <NoMatch clear={filtered.clear} /> : <>{empty}</>;
  }
  const heading = (
    <Thead>
      <Tr aria-rowindex={1}>
        {detail && (
          <Th>
            <span className="pf-v6-screen-reader">{common("details")}</span>
          </Th>
        )}
        {columns.map(({ label: key, width }) => (
          <Th key={key} {...(width ? { width } : {})} modifier="nowrap">
            {text(key)}
          </Th>
        ))}
      </Tr>
    </Thead>
  );
  const last = list.complete ? rows.length : list.capped ? undefined : list.total;
  return (
    <>
      <Table ref={table} aria-label={label} aria-rowcount={last === undefined ? -1 : last + 1} isStickyHeader className={widths ? "shepherd-settled" : ""}>
        {widths && (
          <colgroup>
            {widths.map((width, index) => (
              <col key={index} style={{ inlineSize: `${width}%` }} />
            ))}
          </colgroup>
        )}
        {heading}
        {list.isPending ? (
          <Tbody>
            <Skeletons columns={columns.length + (detail ? 1 : 0)} label={common("loading")} />
          </Tbody>
        ) : (
          <Rows
            table={table}
            list={list}
            rows={rows}
            id={id}
            columns={columns}
            texts={texts}
            open={open}
            detail={detail}
            dimmed={dimmed}
            keys={{ ...keys, ...(open ? { Enter: open, " ": open } : {}) }}
          />
        )}
      </Table>
      <ListFooter list={list} call={call} keys={open !== undefined} hint={hint} />
    </>
  );
}

/** Nothing is left after the filters. */
export function NoMatch({ clear }: { clear: () => void }) {
  const common = useText(commonText);
  return (
    <EmptyState icon={FilterIcon} titleText={common("noMatch")} headingLevel="h2" variant="sm">
      <EmptyStateBody>{common("noMatchBody")}</EmptyStateBody>
      <EmptyStateFooter>
        <EmptyStateActions>
          <Button variant="link" onClick={clear}>
            {common("clearFilters")}
          </Button>
        </EmptyStateActions>
      </EmptyStateFooter>
    </EmptyState>
  );
}

function Skeletons({ columns, label }: { columns: number; label: string }) {
  return Array.from({ length: 5 }, (_, row) => (
    <Tr key={row}>
      {Array.from({ length: columns }, (_, column) => (
        <Td key={column}>
          <Skeleton {...(row + column === 0 ? { screenreaderText: label } : {})} />
        </Td>
      ))}
    </Tr>
  ));
}
