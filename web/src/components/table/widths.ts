import { useLayoutEffect, useState, type RefObject } from "react";

/** Rows from which a list is not drawn whole any more. */
const LONG = 60;

/**
 * Widths of the columns in percent, as the browser has laid them out for the first rows; undefined while a list is
 * short, and while they are looked at anew because the room for the table has changed. Rows that come into view later do
 * not make the columns move.
 */
export function useSettledWidths(table: RefObject<HTMLTableElement | null>, count: number): readonly number[] | undefined {
  const [room, setRoom] = useState(0);
  const [settled, setSettled] = useState<{ room: number; widths: readonly number[] }>();
  const long = count > LONG;
  useLayoutEffect(() => {
    const around = table.current?.parentElement;
    if (!long || !around) return;
    const observer = new ResizeObserver(() => setRoom(around.clientWidth));
    observer.observe(around);
    return () => observer.disconnect();
  }, [table, long]);
  useLayoutEffect(() => {
    if (!long || room === 0) return;
    let gone = false;
    // Words in another font are as wide as they will not stay.
    void document.fonts.ready.then(() => {
      const cells = [...(table.current?.tHead?.rows[0]?.cells ?? [])].map((cell) => cell.getBoundingClientRect().width);
      const all = cells.reduce((sum, width) => sum + width, 0);
      if (!gone && all > 0) setSettled({ room, widths: cells.map((width) => Math.round((width / all) * 10_000) / 100) });
    });
    return () => {
      gone = true;
    };
  }, [table, long, room]);
  return long && settled?.room === room ? settled.widths : undefined;
}
