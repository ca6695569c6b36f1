import type { UseQueryResult } from "@tanstack/react-query";
import type { Schemas } from "../api/client";
import { useRead } from "./read";

interface Page<T> {
  items: T[];
  pagination: Schemas["Pagination"];
}

type Call<T> = (
  query: { page: number; per_page: number },
  signal: AbortSignal,
) => Promise<{ data?: Page<T>; error?: unknown; response: Response }>;

const PER_PAGE = 100;
/** Pages read at most. What is longer is no list that somebody chooses from. */
const MOST = 10;

/** Reads every page of a small list, such as what a form lets somebody choose from. */
export function useEverything<T>(key: readonly unknown[], call: Call<T>, options: { enabled?: boolean } = {}): UseQueryResult<T[]> {
  return useRead<T[]>([...key, "everything"], async (signal) => {
    const all: T[] = [];
    for (let page = 1; ; page += 1) {
      const { data, ...rest } = await call({ page, per_page: PER_PAGE }, signal);
      if (!data) return rest;
      all.push(...data.items);
      if (page >= data.pagination.total_pages || page >= MOST) return { ...rest, data: all };
    }
  }, options);
}
