import { useCallback, useState } from "react";
import { useMe } from "./session";

/**
 * Input of a form that survives a reload and another page of the same tab; gone once it was sent or discarded. Nobody
 * else who signs in here finds it. Never for passwords and credentials.
 */
export function useDraft<T extends object>(name: string, initial: T): [T, (changes: Partial<T>) => void, () => void] {
  const { principal } = useMe();
  const key = `shepherd.draft.${principal.id}.${name}`;
  const [first] = useState(initial);
  const [draft, setDraft] = useState<T>(() => ({ ...first, ...stored<T>(key) }));
  const change = useCallback(
    (changes: Partial<T>) =>
      setDraft((before) => {
        const after = { ...before, ...changes };
        sessionStorage.setItem(key, JSON.stringify(after));
        return after;
      }),
    [key],
  );
  const clear = useCallback(() => {
    sessionStorage.removeItem(key);
    setDraft(first);
  }, [key, first]);
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
