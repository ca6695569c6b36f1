import type { Schemas } from "../api/client";

/** What the server answers about a part of a list. */
export interface Page<T> {
  items: T[];
  pagination: Schemas["CursorPagination"] | Schemas["Pagination"];
}

/** A part of a list as it was last read. */
export interface Part<T> {
  /** What it was asked with: a cursor, the number of a page; undefined at the top. */
  from: string | undefined;
  /** What the part after it is asked with; undefined at the end. */
  next: string | undefined;
  rows: readonly T[];
  pagination: Page<T>["pagination"];
  readAt: number;
}

/** Rows by their place in the list, both included. */
export interface Rows {
  first: number;
  last: number;
}

/** Rows that are read before they come into view. */
const AHEAD = 60;
/** Milliseconds after which a part that comes into view is read again. */
const FRESH = 30_000;
/** Up to so many the server counts. */
const COUNTED = 1_000;

function nextOf({ pagination }: Page<unknown>): string | undefined {
  if ("page" in pagination) return pagination.page < pagination.total_pages ? String(pagination.page + 1) : undefined;
  return pagination.next_cursor ?? undefined;
}

/** The parts with one of them read anew. What stood after the last part is gone; parts that follow another one stay until they are read. */
export function withPart<T>(parts: readonly Part<T>[], at: number, { from, page, readAt }: { from: string | undefined; page: Page<T>; readAt: number }): readonly Part<T>[] {
  const next = nextOf(page);
  const part = { from, next, rows: page.items, pagination: page.pagination, readAt };
  return [...parts.slice(0, at), part, ...(next === undefined ? [] : parts.slice(at + 1))];
}

/** Which parts rows are in, as places in `parts`; one after the last where its rows will soon be needed. */
export function within(parts: readonly Part<unknown>[], { first, last }: Rows): Rows {
  let end = 0;
  let from: number | undefined;
  for (const [at, { rows }] of parts.entries()) {
    end += rows.length;
    if (from === undefined && first < end) from = at;
    if (last + AHEAD < end) return { first: from ?? at, last: at };
  }
  const latest = Math.max(parts.length - 1, 0);
  return { first: from ?? latest, last: parts.at(-1)?.next === undefined ? latest : parts.length };
}

/** Whether something in view has not been read, is old, or does not go on from what is now before it. */
export function missing(parts: readonly Part<unknown>[], view: Rows, now: number): boolean {
  const { first, last } = within(parts, view);
  for (let at = first; at <= last; at += 1) {
    const part = parts[at];
    if (part === undefined) return true;
    if (now - part.readAt > FRESH || (at > 0 && part.from !== parts[at - 1]?.next)) return true;
  }
  return false;
}

/** All rows, each once: what moved between two reads can stand in both. */
export function flat<T extends { id: string }>(parts: readonly Part<T>[]): readonly T[] {
  const seen = new Set<string>();
  const rows: T[] = [];
  for (const part of parts) {
    for (const row of part.rows) {
      if (seen.has(row.id)) continue;
      seen.add(row.id);
      rows.push(row);
    }
  }
  return rows;
}

/** How many rows there are, as the latest read has it. */
export function total(parts: readonly Part<unknown>[] = []): { total: number | undefined; capped: boolean } {
  const [first, ...others] = parts;
  if (!first) return { total: undefined, capped: false };
  const { pagination } = others.reduce((latest, part) => (part.readAt > latest.readAt ? part : latest), first);
  return { total: pagination.total, capped: "more" in pagination && pagination.more && pagination.total >= COUNTED };
}
