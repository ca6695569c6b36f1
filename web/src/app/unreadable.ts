import { Refused } from "../api/client";

/** Statuses of a refusal that other filters undo. */
const OF_FILTERS: readonly number[] = [400, 422];

/** Whether all that can be said of a list is why it is not there: nothing to filter, nothing to do. */
export function unreadable({ data, error }: { data?: unknown; error: Error | null }): boolean {
  if (data !== undefined || error === null) return false;
  return !(error instanceof Refused && OF_FILTERS.includes(error.problem.status));
}
