import type { Virtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useRef } from "react";

/** What scrolls when a list is longer than the window. */
export function scrollerOf(element: HTMLElement | null): HTMLElement | null {
  for (let at = element?.parentElement; at; at = at.parentElement) {
    const { overflowY } = getComputedStyle(at);
    if (overflowY === "auto" || overflowY === "scroll") return at;
  }
  return element && document.documentElement;
}

interface Kept {
  scroller: () => HTMLElement | null;
  /** Another name is another list. */
  name: string;
  virtual: Virtualizer<HTMLElement, HTMLTableRowElement>;
  rows: readonly unknown[];
  keyAt: (index: number) => string | number;
  above: number;
}

/** Keeps the row at the top of the window where it is while rows come and go above it; another list begins at its top. */
export function useKeptPlace({ scroller, name, virtual, rows, keyAt, above }: Kept): void {
  const kept = useRef<{ name: string; rows: readonly unknown[]; key: string | number | undefined; start: number }>({ name, rows, key: undefined, start: 0 });
  useLayoutEffect(() => {
    const outer = scroller();
    const before = kept.current;
    const first = virtual.range?.startIndex ?? 0;
    if (outer && before.name !== name) outer.scrollTo({ top: Math.min(outer.scrollTop, above) });
    else if (outer && before.rows !== rows && before.key !== undefined && outer.scrollTop > above) {
      const at = rows.findIndex((_, index) => keyAt(index) === before.key);
      const start = virtual.measurementsCache[at]?.start;
      if (start !== undefined && start !== before.start) outer.scrollBy({ top: start - before.start });
    }
    kept.current = { name, rows, key: rows[first] === undefined ? undefined : keyAt(first), start: virtual.measurementsCache[first]?.start ?? 0 };
  });
}
