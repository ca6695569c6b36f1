import { defaultRangeExtractor, useVirtualizer, type Range } from "@tanstack/react-virtual";
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type ReactNode, type RefObject } from "react";
import type { List } from "../../app/list";
import { useText, type Catalogue } from "../../messages/catalogue";
import { commonText } from "../text";
import { DETAIL, MemoRow, type Column, type Detail } from "./Row";
import { useRowKeys } from "./rowKeys";
import { scrollerOf, useKeptPlace } from "./scroller";
import { Tbody } from "./Table";

interface Props<Row, K extends string> {
  table: RefObject<HTMLTableElement | null>;
  list: List<Row>;
  rows: readonly Row[];
  id: (row: Row) => string;
  columns: readonly Column<Row, K>[];
  texts: Catalogue<K>;
  open: ((row: Row) => void) | undefined;
  detail: Detail<Row> | undefined;
  dimmed: ((row: Row) => string | undefined) | undefined;
  keys: Readonly<Record<string, (row: Row) => void>>;
}

/** Pixels of a row that has not been drawn yet. */
const EXPECTED = 74;
/** Lists up to this length are drawn whole, so that the browser's own search and printing find all of it. */
const WHOLE = 60;
/** Rows that are drawn on both sides of what is in view. */
const BESIDE = 12;

/** The rows of a list that are in view, with room in place of the others. */
export function Rows<Row, K extends string>({ table, list, rows, id, columns, texts, open, detail, dimmed, keys }: Props<Row, K>) {
  const common = useText(commonText);
  const scroller = useRef<HTMLElement>(null);
  const outer = useCallback(() => (scroller.current ??= scrollerOf(table.current)), [table]);
  const above = useOffset(table, outer);
  const keyAt = useCallback((index: number) => (rows[index] === undefined ? index : id(rows[index])), [rows, id]);
  const latest = useRef(open);
  const stable = useCallback((row: Row) => latest.current?.(row), []);
  const reach = useRef<(index: number) => void>(() => undefined);
  const { current, onKeyDown, rowRef } = useRowKeys(rows, keys, (index) => reach.current(index));
  // The row under the cursor is there even when it is out of view, so that Tab and the keys find it.
  const drawn = useCallback((range: Range) => [...new Set([current, ...defaultRangeExtractor(range)])].filter((index) => index < range.count).sort((a, b) => a - b), [current]);
  // eslint-disable-next-line react-hooks/incompatible-library -- the compiler is not in use
  const virtual = useVirtualizer<HTMLElement, HTMLTableRowElement>({
    count: rows.length,
    getScrollElement: outer,
    // Rows beside those in view bridge the frame in which it is rendered.
    useFlushSync: false,
    estimateSize: () => EXPECTED,
    getItemKey: keyAt,
    scrollMargin: above,
    // Before the window has been measured, so that the first rendering has rows.
    initialRect: { width: 0, height: window.innerHeight },
    overscan: rows.length <= WHOLE ? WHOLE : BESIDE,
    rangeExtractor: drawn,
    measureElement: heightOf,
  });
  const { startIndex: first = 0, endIndex: last = 0 } = virtual.range ?? {};
  const { show, name } = list;
  useEffect(() => {
    latest.current = open;
  }, [open]);
  useEffect(() => {
    reach.current = (index) => virtual.scrollToIndex(index);
  }, [virtual]);
  useEffect(() => show({ first, last }), [show, first, last]);
  useLayoutEffect(() => {
    for (const row of table.current?.querySelectorAll<HTMLTableRowElement>("tr[data-index]") ?? []) virtual.measureElement(row);
  }, [detail?.open, table, virtual]);
  useKeptPlace({ scroller: outer, name, virtual, rows, keyAt, above });
  const items = virtual.getVirtualItems();
  const measure = useCallback(
    (index: number) => (element: HTMLTableRowElement | null) => {
      rowRef(index)(element);
      virtual.measureElement(element);
    },
    [rowRef, virtual],
  );
  const refs = useRefs(measure);
  let end = above;
  const drawing: ReactNode[] = [];
  for (const { index, start, key, end: below } of items) {
    const row = rows[index];
    if (row === undefined) continue;
    if (start > end) drawing.push(<Room key={`room-${index}`} height={start - end} />);
    const shown = <MemoRow key={key} row={row} index={index} current={index === current} columns={columns} texts={texts} open={open && stable} why={dimmed?.(row)} detail={detail} opened={detail !== undefined && detail.open === id(row)} measure={refs(index)} />;
    drawing.push(shown);
    end = below;
  }
  const rest = above + virtual.getTotalSize() - end;
  return (
    <Tbody onKeyDown={onKeyDown}>
      {drawing}
      {rest > 0 && <Room height={rest} />}
      {!list.complete && (
        <tr>
          <td colSpan={columns.length + (detail ? 1 : 0)} className="shepherd-list-end">
            <span className="shepherd-subtle">{common("loading")}</span>
          </td>
        </tr>
      )}
    </Tbody>
  );
}

/** A row's height, with that of the detail below it. */
function heightOf(row: HTMLTableRowElement): number {
  const below = row.nextElementSibling;
  return row.offsetHeight + (below instanceof HTMLElement && below.hasAttribute(DETAIL) ? below.offsetHeight : 0);
}

/** In place of rows that are not drawn. */
function Room({ height }: { height: number }) {
  return (
    <tr aria-hidden>
      <td className="shepherd-room" style={{ blockSize: height }} />
    </tr>
  );
}

/** One ref for each place, the same at every rendering. */
function useRefs<T>(make: (index: number) => T): (index: number) => T {
  const [known] = useState(() => new Map<number, { of: unknown; ref: T }>());
  return (index) => {
    const found = known.get(index);
    if (found?.of === make) return found.ref;
    const ref = make(index);
    known.set(index, { of: make, ref });
    return ref;
  };
}

/** How far the first row is from the top of what scrolls; things above it come and go. */
function useOffset(table: RefObject<HTMLTableElement | null>, scroller: () => HTMLElement | null): number {
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => {
    const element = table.current;
    const outer = scroller();
    if (!element?.tHead || !outer) return;
    const { tHead } = element;
    const look = () => {
      const top = element.getBoundingClientRect().top - outer.getBoundingClientRect().top + outer.scrollTop;
      setOffset(Math.round(top + tHead.offsetHeight));
    };
    look();
    const observer = new ResizeObserver(look);
    for (let at = element.parentElement; at && at !== outer; at = at.parentElement) observer.observe(at);
    return () => observer.disconnect();
  }, [table, scroller]);
  return offset;
}
