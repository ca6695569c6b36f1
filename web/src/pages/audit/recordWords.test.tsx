import { cleanup, renderHook } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { LanguageProvider } from "../../app/language";
import { ACTIONS } from "./actionText";
import { isBeginning, useRecordWords, type Said } from "./recordWords";

afterEach(cleanup);

const VM = { type: "vm", id: "a", name: "shop-web-01" };

function said(record: Partial<Said> & Pick<Said, "action">): string {
  const { result } = renderHook(useRecordWords, { wrapper: LanguageProvider });
  return result.current({ outcome: "SUCCEEDED", details: {}, resource: VM, ...record });
}

test("what was refused reads as an attempt, for every action", () => {
  expect(said({ action: "approval.approve" })).toBe("Approved a request");
  expect(said({ action: "approval.approve", outcome: "REFUSED" })).toBe("Tried to approve a request");
  for (const action of ACTIONS) {
    const refused = said({ action, outcome: "REFUSED" });
    expect(refused).toMatch(/^(?:Tried to [a-z]|Failed to sign in$|Was refused$|The run |A step failed$)/);
  }
});

test("a step is told by our words and with its state, not as finished while it runs", () => {
  const details = { step: "apply_vm", state: "RUNNING", attempt: 1 } as unknown as Said["details"];
  const words = said({ action: "execution.step", details });
  expect(words).toBe("The step “Create the VM” began");
  expect(words).not.toMatch(/apply_vm|Finished/);
  expect(isBeginning({ action: "execution.step", details })).toBe(true);
  expect(isBeginning({ action: "execution.step", details: { ...details, state: "DONE" } as unknown as typeof details })).toBe(false);
});

test("an action of another release stays as it came", () => {
  expect(said({ action: "moon.phase", outcome: "REFUSED" })).toBe("moon.phase");
});

test("a change of all VMs of a cluster is not told as that of one", () => {
  expect(said({ action: "vm.state_change" })).toBe("Saw a VM change");
  expect(said({ action: "vm.state_change", resource: { type: "cluster", id: "a", name: "" } })).toBe("Lost sight of the VMs of a cluster");
});
