import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { answer, Refused, type Schemas } from "../api/client";
import { flat, missing, total, withPart, within, type Page, type Part, type Rows } from "./parts";

/** A list as a table shows it: all that has been read so far, and how the rest is read. */
export interface List<T> {
  /** Rows from the top; undefined before the first answer. */
  data: { items: readonly T[] } | undefined;
  /** How many there are in all; with `capped`, more than that. */
  total: number | undefined;
  capped: boolean;
  /** Whether the last row has been read. */
  complete: boolean;
  error: Error | null;
  isPending: boolean;
  dataUpdatedAt: number;
  refetch: () => unknown;
  /** Other filters are another list, which begins at its top. */
  name: string;
  /** Told which rows are in view: what is missing there is read, and what is kept fresh is what can be seen. */
  show: (view: Rows) => void;
}

type Asked<P> = Promise<{ data?: P; error?: unknown; response: Response }>;
type Cursors<T> = { items: T[]; pagination: Schemas["CursorPagination"] };
type Numbers<T> = { items: T[]; pagination: Schemas["Pagination"] };

interface Options {
  enabled?: boolean;
  /** Milliseconds between reads when nothing is heard. */
  every?: number | false;
}

/** Rows of a read; the contract allows no more. */
const PER_PAGE = 100;

/** A list that goes on from a cursor. */
export function useCursorList<T extends { id: string }>(
  key: readonly unknown[],
  call: (cut: { per_page: number; cursor?: string }, signal: AbortSignal) => Asked<Cursors<T>>,
  options: Options = {},
): List<T> {
  return useParts<T>(key, (from, signal) => call({ per_page: PER_PAGE, ...(from === undefined ? {} : { cursor: from }) }, signal), options);
}

/** A list that is cut by number. */
export function useNumberList<T extends { id: string }>(
  key: readonly unknown[],
  call: (cut: { per_page: number; page: number }, signal: AbortSignal) => Asked<Numbers<T>>,
  options: Options = {},
): List<T> {
  return useParts<T>(key, (from, signal) => call({ per_page: PER_PAGE, page: Number(from ?? 1) }, signal), options);
}

/** A list that comes whole. */
export function whole<T>(
  read: Pick<List<T>, "error" | "isPending" | "dataUpdatedAt" | "refetch"> & { data: { items: readonly T[] } | undefined },
): List<T> {
  const { data, error, isPending, dataUpdatedAt, refetch } = read;
  return { data, error, isPending, dataUpdatedAt, refetch, total: data?.items.length, capped: false, complete: true, name: "", show: () => undefined };
}

/**
 * Reads a list in parts, in the order in which they come into view. It is one query: refreshing it reads again what can
 * be seen and leaves the rest as it was, which an infinite query of the library would read again from the top.
 */
function useParts<T extends { id: string }>(
  key: readonly unknown[],
  call: (from: string | undefined, signal: AbortSignal) => Asked<Page<T>>,
  { enabled = true, every }: Options,
): List<T> {
  const client = useQueryClient();
  const name = JSON.stringify(key);
  const queryKey = [...key, "list"];
  const view = useRef<Rows & { of: string }>({ of: name, first: 0, last: 0 });
  const read = useQuery<readonly Part<T>[]>({
    queryKey,
    queryFn: async ({ signal }) => {
      let parts = client.getQueryData<readonly Part<T>[]>(queryKey) ?? [];
      const { first, last } = within(parts, view.current.of === name ? view.current : { first: 0, last: 0 });
      for (let at = first; at <= last; at += 1) {
        const from = at === 0 ? undefined : parts[at - 1]?.next;
        if (at > 0 && from === undefined) break;
        parts = withPart(parts, at, { from, page: await answer<Page<T>>(call(from, signal)), readAt: Date.now() });
      }
      return parts;
    },
    // Comparing ten thousand rows with what they were takes longer than a frame.
    structuralSharing: false,
    placeholderData: keepPreviousData,
    enabled,
    ...(every === undefined ? {} : { refetchInterval: every }),
  });
  const { data: parts, isPlaceholderData: earlier, refetch } = read;
  const items = useMemo(() => parts && { items: flat(parts) }, [parts]);
  const show = useCallback(
    ({ first, last }: Rows) => {
      view.current = { of: name, first, last };
      if (parts && !earlier && missing(parts, view.current, Date.now())) void refetch({ cancelRefetch: false });
    },
    [name, parts, earlier, refetch],
  );
  useEffect(() => {
    if (view.current.of !== name) view.current = { of: name, first: 0, last: 0 };
  }, [name]);
  return {
    data: items,
    ...total(parts),
    complete: parts !== undefined && parts.at(-1)?.next === undefined,
    error: read.error,
    isPending: read.isPending,
    dataUpdatedAt: read.dataUpdatedAt,
    refetch,
    name,
    show,
  };
}

/** Statuses of a refusal that other filters undo. */
const OF_FILTERS: readonly number[] = [400, 422];

/** Whether all that can be said of a list is why it is not there: nothing to filter, nothing to do. */
export function unreadable({ data, error }: { data?: unknown; error: Error | null }): boolean {
  if (data !== undefined || error === null) return false;
  return !(error instanceof Refused && OF_FILTERS.includes(error.problem.status));
}
