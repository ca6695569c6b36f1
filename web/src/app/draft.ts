import { useCallback, useState } from "react";

/**
 * Input of a form that survives a reload and another page of the same tab; gone once it was sent. Never for
 * passwords and credentials.
 */
export function useDraft<T extends object>(name: string, initial: T): [T, (changes: Partial<T>) => void, () => void] {
  const key = `shepherd.draft.${name}`;
  const [draft, setDraft] = useState<T>(() => ({ ...initial, ...stored<T>(key) }));
  const change = useCallback(
    (changes: Partial<T>) =>
      setDraft((before) => {
        const after = { ...before, ...changes };
        sessionStorage.setItem(key, JSON.stringify(after));
        return after;
      }),
    [key],
  );
  const clear = useCallback(() => sessionStorage.removeItem(key), [key]);
  return [draft, change, clear];
}

function stored<T>(key: string): Partial<T> {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(key) ?? "{}");
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
