import { useCallback, useRef, useState, type KeyboardEvent } from "react";

/**
 * One row of a table is under the cursor: j, k and the arrows move it, other keys act on it. Keys are left alone
 * while somebody types. `reach` brings a row that is not drawn into view.
 */
export function useRowKeys<Row>(rows: readonly Row[], actions: Readonly<Record<string, (row: Row) => void>>, reach?: (index: number) => void) {
  const [at, setAt] = useState(0);
  const elements = useRef(new Map<number, HTMLTableRowElement>());
  const wanted = useRef<number>(undefined);
  const current = Math.min(at, Math.max(rows.length - 1, 0));
  const rowRef = useCallback(
    (index: number) => (element: HTMLTableRowElement | null) => {
      if (!element) {
        elements.current.delete(index);
        return;
      }
      elements.current.set(index, element);
      if (wanted.current !== index) return;
      wanted.current = undefined;
      element.focus();
    },
    [],
  );
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as Element;
    if (target.closest("input, textarea, select, a, button, [role=menu]")) return;
    // Where the focus is: rows may have come above it since.
    const under = Number(target.closest("tr")?.dataset["index"] ?? current);
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const next = Math.min(Math.max(under + step, 0), rows.length - 1);
      setAt(next);
      const element = elements.current.get(next);
      if (element) element.focus();
      else {
        wanted.current = next;
        reach?.(next);
      }
      return;
    }
    const row = rows[under];
    const action = actions[event.key];
    if (row === undefined || !action) return;
    event.preventDefault();
    action(row);
  };
  return { current, onKeyDown, rowRef };
}
