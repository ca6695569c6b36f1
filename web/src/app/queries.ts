import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { NotKnown, Refused } from "../api/client";
import type { Code } from "../api/generated/codes";
import { endsSession } from "./signedOut";

const PASSING: readonly Code[] = ["RATE_LIMIT_EXCEEDED", "CLUSTER_UNHEALTHY", "DEPENDENCY_UNAVAILABLE"];

function carries(error: unknown, codes: readonly Code[]): boolean {
  return error instanceof Refused && codes.some((code) => code === error.problem.code);
}

/** Whether a read may be tried again: no answer, or one that says it will pass. */
export function mayRetry(failures: number, error: unknown): boolean {
  return failures < 3 && (error instanceof NotKnown || carries(error, PASSING));
}

/** Query cache; `onSignedOut` hears of every answer that says the session is over. */
export function queryClient(onSignedOut: () => void): QueryClient {
  const onError = (error: unknown) => {
    if (endsSession(error)) onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: { retry: mayRetry, staleTime: 2_000, refetchInterval: 30_000 },
      // A write whose answer was lost may have happened; a person decides, after a look.
      mutations: { retry: false },
    },
  });
}
