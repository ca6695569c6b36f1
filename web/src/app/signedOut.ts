import { useSyncExternalStore } from "react";
import { Refused } from "../api/client";
import type { Code } from "../api/generated/codes";

const SIGNED_OUT: readonly Code[] = ["UNAUTHENTICATED", "SESSION_REVOKED"];

/** Whether an answer says that the session is over. */
export function endsSession(error: unknown): boolean {
  return error instanceof Refused && SIGNED_OUT.some((code) => code === error.problem.code);
}

let signedOut = false;
const listeners = new Set<() => void>();

function set(value: boolean): void {
  signedOut = value;
  listeners.forEach((listener) => listener());
}

/** Called for every answer that says that the session is over. */
export function signalSignedOut(): void {
  set(true);
}

/** Called when somebody has signed in. */
export function signalSignedIn(): void {
  set(false);
}

/** Whether an answer has said that the session is over. */
export function useSignedOut(): boolean {
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return useSyncExternalStore(subscribe, () => signedOut);
}
