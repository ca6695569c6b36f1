import { useCallback, useRef, useState, type KeyboardEvent } from "react";

/**
 * One row of a table is under the cursor: j, k and the arrows move it, other keys act on it. Keys are left alone
 * while somebody types.
 */
export function useRowKeys<Row>(rows: readonly Row[], actions: Readonly<Record<string, (row: Row) => void>>) {
  const [at, setAt] = useState(0);
  const elements = useRef(new Map<number, HTMLTableRowElement>());
  const current = Math.min(at, Math.max(rows.length - 1, 0));
  const rowRef = useCallback(
    (index: number) => (element: HTMLTableRowElement | null) => {
      if (element) elements.current.set(index, element);
      else elements.current.delete(index);
    },
    [],
  );
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as Element;
    if (target.closest("input, textarea, select, a, button, [role=menu]")) return;
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const next = Math.min(Math.max(current + step, 0), rows.length - 1);
      setAt(next);
      elements.current.get(next)?.focus();
      return;
    }
    const row = rows[current];
    const action = actions[event.key];
    if (row === undefined || !action) return;
    event.preventDefault();
    action(row);
  };
  return { current, onKeyDown, rowRef };
}
