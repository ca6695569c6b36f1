import { Button, EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter, Skeleton } from "@patternfly/react-core";
import { AngleDownIcon } from "@patternfly/react-icons/dist/esm/icons/angle-down-icon";
import { AngleRightIcon } from "@patternfly/react-icons/dist/esm/icons/angle-right-icon";
import { FilterIcon } from "@patternfly/react-icons/dist/esm/icons/filter-icon";
import { Fragment, type ReactNode, type SyntheticEvent } from "react";
import { useGo } from "../../app/url";
import { useText, type Catalogue } from "../../messages/catalogue";
import type { Call } from "../CurlButton";
import { missingPermission, NoPermission } from "../NoPermission";
import { ProblemAlert } from "../ProblemAlert";
import { commonText } from "../text";
import { ListFooter, type Paging } from "./ListFooter";
import { useRowKeys } from "./rowKeys";
import { Table, Tbody, Td, Th, Thead, Tr, type Modifier, type Width } from "./Table";

/** A column; declared once at the module's level. `label` is a key of the page's texts. */
export interface Column<Row, K extends string> {
  label: K;
  cell: (row: Row) => ReactNode;
  width?: Width;
  modifier?: Modifier;
}

interface Props<Row, K extends string> {
  /** Names the table to screen readers. */
  label: string;
  texts: Catalogue<K>;
  columns: readonly Column<Row, K>[];
  /** As react-query has it. */
  list: {
    data?: { items: readonly Row[] } | undefined;
    error: Error | null;
    isPending: boolean;
    dataUpdatedAt: number;
    isFetching: boolean;
    refetch: () => unknown;
  };
  id: (row: Row) => string;
  /** Where a row leads. */
  to?: (row: Row) => string;
  /** What a row shows below itself when it is opened; `open` is the id of the row that is. */
  detail?: { open: string | undefined; toggle: (row: Row) => void; content: (row: Row) => ReactNode; label: (row: Row) => string };
  /** Why a row is dimmed, in words. */
  dimmed?: (row: Row) => string | undefined;
  /** Further keys that act on the row under the cursor, such as `a`. */
  keys?: Readonly<Record<string, (row: Row) => void>>;
  /** Says what those do. */
  hint?: string | undefined;
  paging: Paging;
  call: Call;
  /** Shown when there is nothing at all; teaches the next step. */
  empty: ReactNode;
  /** Whether filters narrow the list, and how they are cleared. */
  filtered?: { active: boolean; clear: () => void };
}

/** A list: rows that are reached by keyboard, how many there are and as of when, and every state it can be in. */
export function DataTable<Row, K extends string>(props: Props<Row, K>) {
  const { label, texts, columns, list, id, to, detail, dimmed, keys, hint, paging, call, empty, filtered } = props;
  const text = useText(texts);
  const common = useText(commonText);
  const go = useGo();
  const rows = list.data?.items ?? [];
  const open = detail?.toggle ?? (to && ((row: Row) => go(to(row))));
  const { current, onKeyDown, rowRef } = useRowKeys(rows, { ...keys, ...(open ? { Enter: open, " ": open } : {}) });
  const permission = missingPermission(list.error);
  if (permission !== undefined) return <NoPermission permission={permission} />;
  if (list.error && !list.data) return <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />;
  if (list.data && rows.length === 0 && !paging.inside) {
    return filtered?.active ? <NoMatch clear={filtered.clear} /> : <>{empty}</>;
  }
  return (
    <>
      {list.error && <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />}
      <Table aria-label={label} isStickyHeader onKeyDown={onKeyDown}>
        <Thead>
          <Tr>
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
        <Tbody>
          {list.isPending && <Skeletons columns={columns.length + (detail ? 1 : 0)} label={common("loading")} />}
          {rows.map((row, index) => {
            const why = dimmed?.(row);
            const opened = detail !== undefined && detail.open === id(row);
            return (
              <Fragment key={id(row)}>
                <Tr
                  ref={rowRef(index)}
                  tabIndex={index === current ? 0 : -1}
                  title={why}
                  isClickable={open !== undefined}
                  {...(open ? { onClick: (event) => clickedRow(event) && open(row) } : {})}
                  className={[why ? "shepherd-dimmed" : "", index === current ? "shepherd-row-current" : ""].join(" ")}
                >
                  {detail && (
                    <Td>
                      <Button variant="plain" size="sm" icon={opened ? <AngleDownIcon /> : <AngleRightIcon />} aria-expanded={opened} aria-label={detail.label(row)} onClick={() => detail.toggle(row)} />
                    </Td>
                  )}
                  {columns.map(({ label: key, cell, modifier }) => (
                    <Td key={key} dataLabel={text(key)} {...(modifier ? { modifier } : {})}>
                      {cell(row)}
                    </Td>
                  ))}
                </Tr>
                {opened && (
                  <Tr>
                    <Td colSpan={columns.length + 1} className="shepherd-row-detail">
                      {detail.content(row)}
                    </Td>
                  </Tr>
                )}
              </Fragment>
            );
          })}
        </Tbody>
      </Table>
      <ListFooter paging={paging} updatedAt={list.dataUpdatedAt} call={call} keys={open !== undefined} hint={hint} />
    </>
  );
}

/** Whether the row itself was clicked, and not a link or button in it. */
function clickedRow({ target }: SyntheticEvent): boolean {
  return !(target instanceof Element && target.closest("a, button, input"));
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
