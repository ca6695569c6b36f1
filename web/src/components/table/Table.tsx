import "@patternfly/react-styles/css/components/Table/table.css";
import "@patternfly/react-styles/css/components/Table/table-grid.css";
import type { HTMLAttributes, ReactNode, Ref, TdHTMLAttributes, ThHTMLAttributes } from "react";

/*
 * PatternFly's table as markup with its classes, which it documents for use without its components. Those carry sorting,
 * selection, trees and menus into every page; and their rows take Enter away from links inside them.
 */

interface TableProps extends HTMLAttributes<HTMLTableElement> {
  /** Names the table to screen readers. */
  "aria-label": string;
  borders?: boolean;
  isStickyHeader?: boolean;
  ref?: Ref<HTMLTableElement>;
}

/** A compact table; on narrow windows each row becomes a block. */
export function Table({ borders = true, isStickyHeader = false, className, ...rest }: TableProps) {
  const modifiers = ["pf-v6-c-table pf-m-grid-md pf-m-compact", !borders && "pf-m-no-border-rows", isStickyHeader && "pf-m-sticky-header", className];
  return <table {...rest} className={classes(...modifiers)} />;
}

/** The row of headings. */
export function Thead({ children }: { children: ReactNode }) {
  return <thead className="pf-v6-c-table__thead">{children}</thead>;
}

/** The rows. */
export function Tbody(rest: HTMLAttributes<HTMLTableSectionElement>) {
  return <tbody {...rest} className="pf-v6-c-table__tbody" />;
}

interface RowProps extends HTMLAttributes<HTMLTableRowElement> {
  ref?: Ref<HTMLTableRowElement>;
  "data-index"?: number;
  /** Whether the row as a whole can be clicked. */
  isClickable?: boolean;
}

/** A row. */
export function Tr({ isClickable = false, className, ...rest }: RowProps) {
  return <tr {...rest} className={classes("pf-v6-c-table__tr", isClickable && "pf-m-clickable", className)} />;
}

/** How wide a column is, in percent. */
export type Width = 10 | 15 | 20 | 25 | 30 | 35 | 40;

/** How a cell treats what is longer than it is wide. */
export type Modifier = "nowrap" | "breakWord" | "fitContent";

const MODIFIERS: Readonly<Record<Modifier, string>> = {
  nowrap: "pf-m-nowrap",
  breakWord: "pf-m-break-word",
  fitContent: "pf-m-fit-content",
};

interface CellProps {
  width?: Width;
  modifier?: Modifier;
  /** The column's heading, shown beside the cell where rows are blocks. */
  dataLabel?: string;
}

/** A heading of a column. */
export function Th({ width, modifier, dataLabel, className, ...rest }: CellProps & ThHTMLAttributes<HTMLTableCellElement>) {
  const names = classes("pf-v6-c-table__th", width && `pf-m-width-${width}`, modifier && MODIFIERS[modifier], className);
  return <th scope="col" data-label={dataLabel} {...rest} className={names} />;
}

/** A cell. */
export function Td({ width, modifier, dataLabel, className, ...rest }: CellProps & TdHTMLAttributes<HTMLTableCellElement>) {
  const names = classes("pf-v6-c-table__td", width && `pf-m-width-${width}`, modifier && MODIFIERS[modifier], className);
  return <td data-label={dataLabel} {...rest} className={names} />;
}

function classes(...names: readonly (string | number | false | undefined)[]): string {
  return names.filter(Boolean).join(" ");
}
