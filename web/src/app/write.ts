import { useMutation, useQueryClient, type UseMutationResult } from "@tanstack/react-query";
import { useRef } from "react";
import { answer } from "../api/client";

/** Header that makes a repeated write the same write. */
export interface Once {
  "Idempotency-Key": string;
}

/**
 * Writes something. The same input keeps its idempotency key until the server has answered, so that pressing again
 * after a lost answer asks for the truth and decides nothing twice.
 *
 * `refresh` names the kinds that may have changed, as in `useRead`.
 */
export function useWrite<I, T>(
  call: (input: I, once: Once) => Promise<{ data?: T; error?: unknown; response: Response }>,
  refresh: readonly string[],
  onDone?: (made: T, input: I) => void,
): UseMutationResult<T, Error, I> {
  const client = useQueryClient();
  const pending = useRef<{ input: string; key: string } | null>(null);
  return useMutation<T, Error, I>({
    mutationFn: async (input) => {
      const text = JSON.stringify([input]);
      if (pending.current?.input !== text) pending.current = { input: text, key: crypto.randomUUID() };
      return answer<T>(call(input, { "Idempotency-Key": pending.current.key }));
    },
    onSuccess: (made, input) => {
      pending.current = null;
      onDone?.(made, input);
    },
    onSettled: () => Promise.all(refresh.map((kind) => client.invalidateQueries({ queryKey: [kind] }))),
  });
}
