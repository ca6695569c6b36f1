import { expect, test } from "vitest";
import type { Schemas } from "../../api/client";
import { grouped } from "./group";

const step = (vm_name: string, started_at: string, fault_code?: string, failing_since?: string): Schemas["OpenStep"] => ({
  attempt: 1,
  deadline_at: started_at,
  name: "apply_vm",
  overdue: true,
  started_at,
  state: "RETRYING",
  ticket_id: vm_name,
  vm_name,
  workspace_id: "w",
  ...(fault_code ? { fault_code } : {}),
  ...(failing_since ? { failing_since } : {}),
});

test("steps stand with their cause, the oldest first", () => {
  const found = grouped([
    step("young", "2026-01-01T12:00:00Z", "CLUSTER_UNHEALTHY", "2026-01-01T12:05:00Z"),
    step("waiting", "2026-01-01T11:00:00Z"),
    step("old", "2026-01-01T10:00:00Z", "CLUSTER_UNHEALTHY", "2026-01-01T10:05:00Z"),
  ]);
  expect(found.map(({ code, steps }) => [code, steps.map(({ vm_name }) => vm_name)])).toEqual([
    ["CLUSTER_UNHEALTHY", ["old", "young"]],
    [undefined, ["waiting"]],
  ]);
});
