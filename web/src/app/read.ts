import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { answer } from "../api/client";

interface Options {
  /** Milliseconds between reads when nothing is heard; `queries.ts` has the default. */
  every?: number | false;
  enabled?: boolean;
  /** Keeps showing the last answer while the next one, to other parameters, is on its way. */
  keep?: boolean;
}

/**
 * Reads something and keeps it fresh. The key begins with the contract's word for the resource (`tickets`,
 * `clusters`, …), so that events and writes can refresh everything of that kind.
 */
export function useRead<T>(
  key: readonly unknown[],
  call: (signal: AbortSignal) => Promise<{ data?: T; error?: unknown; response: Response }>,
  options: Options = {},
): UseQueryResult<T> {
  return useQuery<T>({
    queryKey: key,
    queryFn: ({ signal }) => answer<T>(call(signal)),
    ...(options.every === undefined ? {} : { refetchInterval: options.every }),
    ...(options.enabled === undefined ? {} : { enabled: options.enabled }),
    ...(options.keep ? { placeholderData: keepPreviousData } : {}),
  });
}
