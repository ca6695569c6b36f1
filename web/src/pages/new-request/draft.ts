import { useCallback, useState } from "react";

/** What somebody has chosen and typed so far; an empty text is nothing yet. */
export interface Draft {
  system: string;
  service: string;
  namespace: string;
  template: string;
  size: string;
  /** GiB as typed; null for the size's default until somebody types. */
  disk: string | null;
  reason: string;
}

const EMPTY: Draft = { system: "", service: "", namespace: "", template: "", size: "", disk: null, reason: "" };

function stored(key: string): Draft {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? "{}");
    const known = Object.keys(EMPTY) as (keyof Draft)[];
    if (typeof value !== "object" || value === null) return EMPTY;
    const texts = known.map((name) => [name, (value as Record<string, unknown>)[name]]);
    return { ...EMPTY, ...(Object.fromEntries(texts.filter(([, text]) => typeof text === "string")) as Partial<Draft>) };
  } catch {
    return EMPTY;
  }
}

/** The draft of one person in this browser. It survives a reload, a closed tab and the end of the session. */
export function useRequestDraft(person: string): [Draft, (changes: Partial<Draft>) => void, () => void] {
  const key = `shepherd.draft.request.${person}`;
  const [draft, setDraft] = useState(() => stored(key));
  const change = useCallback(
    (changes: Partial<Draft>) =>
      setDraft((before) => {
        const after = { ...before, ...changes };
        localStorage.setItem(key, JSON.stringify(after));
        return after;
      }),
    [key],
  );
  const clear = useCallback(() => {
    localStorage.removeItem(key);
    setDraft(EMPTY);
  }, [key]);
  return [draft, change, clear];
}
