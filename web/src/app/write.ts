import { useMutation, useQueryClient, type UseMutationResult } from "@tanstack/react-query";
import { useCallback, useRef } from "react";
import { answer } from "../api/client";

/** Header that makes a repeated write the same write. */
export interface Once {
  "Idempotency-Key": string;
}

/**
 * Writes something. The same input keeps its idempotency key until the server has answered, so that pressing again
 * after a lost answer asks for the truth and decides nothing twice. While it is under way, pressing again does nothing.
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
  // By input. A second click comes before the next render, so what is rendered cannot stop it.
  const underWay = useRef(new Map<string, Promise<T>>());
  const mutation = useMutation<T, Error, I>({
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
  const { mutateAsync: start } = mutation;
  const mutateAsync = useCallback<typeof start>(
    (...how) => {
      const text = JSON.stringify([how[0]]);
      const already = underWay.current.get(text);
      if (already) return already;
      const written = start(...how).finally(() => underWay.current.delete(text));
      underWay.current.set(text, written);
      return written;
    },
    [start],
  );
  const mutate = useCallback<typeof mutation.mutate>(
    // What went wrong is in the result.
    (...how) => void mutateAsync(...how).catch(() => undefined),
    [mutateAsync],
  );
  return { ...mutation, mutate, mutateAsync };
}
