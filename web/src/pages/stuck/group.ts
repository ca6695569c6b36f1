import type { Schemas } from "../../api/client";

type OpenStep = Schemas["OpenStep"];

/** Steps that one cause holds up. */
export interface Group {
  /** Code of the fault; absent for what has not failed. */
  code: string | undefined;
  steps: readonly OpenStep[];
}

/** When a step began to hang: its first failure, else its start. */
function since(step: OpenStep): string {
  return step.failing_since ?? step.started_at;
}

/** Steps by their fault, the oldest first in each; the group with the oldest comes first. */
export function grouped(steps: readonly OpenStep[]): Group[] {
  const groups = new Map<string | undefined, OpenStep[]>();
  for (const step of [...steps].sort((a, b) => since(a).localeCompare(since(b)))) {
    const code = step.fault_code ?? undefined;
    groups.set(code, [...(groups.get(code) ?? []), step]);
  }
  return [...groups].map(([code, found]) => ({ code, steps: found }));
}
