import { Button } from "@patternfly/react-core";
import { AngleDownIcon } from "@patternfly/react-icons/dist/esm/icons/angle-down-icon";
import { AngleRightIcon } from "@patternfly/react-icons/dist/esm/icons/angle-right-icon";
import { memo, type ReactNode, type Ref, type SyntheticEvent } from "react";
import { useText, type Catalogue } from "../../messages/catalogue";
import { Td, Tr, type Modifier, type Width } from "./Table";

/** A column; declared once at the module's level. `label` is a key of the page's texts. */
export interface Column<Row, K extends string> {
  label: K;
  cell: (row: Row) => ReactNode;
  width?: Width;
  modifier?: Modifier;
}

/** What a row shows below itself when it is opened; `open` is the id of the row that is. */
export interface Detail<Row> {
  open: string | undefined;
  toggle: (row: Row) => void;
  content: (row: Row) => ReactNode;
  label: (row: Row) => string;
}

/** Marks the row below a row. */
export const DETAIL = "data-detail";

interface Props<Row, K extends string> {
  row: Row;
  /** Place in the list, from 0. */
  index: number;
  current: boolean;
  columns: readonly Column<Row, K>[];
  texts: Catalogue<K>;
  /** Does what a click on the row means; absent where it means nothing. */
  open: ((row: Row) => void) | undefined;
  /** Why it is dimmed, in words. */
  why: string | undefined;
  detail: Detail<Row> | undefined;
  opened: boolean;
  measure: Ref<HTMLTableRowElement>;
}

function TableRow<Row, K extends string>({ row, index, current, columns, texts, open, why, detail, opened, measure }: Props<Row, K>) {
  const text = useText(texts);
  return (
    <>
      <Tr
        ref={measure}
        data-index={index}
        aria-rowindex={index + 2}
        tabIndex={current ? 0 : -1}
        title={why}
        isClickable={open !== undefined}
        {...(open ? { onClick: (event) => clickedRow(event) && open(row) } : {})}
        className={[why ? "shepherd-dimmed" : "", current ? "shepherd-row-current" : ""].join(" ")}
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
        <Tr {...{ [DETAIL]: "" }}>
          <Td colSpan={columns.length + 1} className="shepherd-row-detail">
            {detail?.content(row)}
          </Td>
        </Tr>
      )}
    </>
  );
}

/** A row of a list, with its detail below when it is opened. While the list is scrolled or read on it is not rendered again. */
export const MemoRow = memo(TableRow) as typeof TableRow;

/** Whether the row itself was clicked, and not a link or button in it. */
function clickedRow({ target }: SyntheticEvent): boolean {
  return !(target instanceof Element && target.closest("a, button, input"));
}
