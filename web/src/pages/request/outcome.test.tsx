import { playServer, type Call } from "../../testing/server";
import { cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test } from "vitest";
import { idOf, sampleOf } from "../../testing/contract";
import { openPage } from "../../testing/open";
import { ADA } from "../../testing/people";

const ENTRY = { path: "/requests/$id", load: () => import("./RequestPage") };

afterEach(cleanup);

/** The page of a request with these changes to what the server says about it. */
async function request(changes: Readonly<Record<string, unknown>>, query = ""): Promise<string> {
  playServer((call: Call) => {
    if (call.method === "POST") return { status: 200, body: { digest: "sha256:0", manifest: {}, namespace: "demo", warnings: [] } };
    const answer = sampleOf(call, { items: 1, text: (name) => `the ${name}`, optional: true });
    if (call.path === `/api/v1/tickets/${idOf(1)}`) Object.assign(answer.body as object, changes);
    return answer;
  });
  const { container } = openPage(ENTRY, `/requests/${idOf(1)}${query}`, ADA);
  await screen.findByRole("heading", { level: 1 });
  return container.textContent;
}

test("a run that goes as it should is told once, one that waits is told, too", async () => {
  expect(await request({ state: "EXECUTING", run_state: "RUNNING" })).not.toContain("Being created Running");
  cleanup();
  expect(await request({ state: "EXECUTING", run_state: "PARKED" })).toContain("Waiting for the cluster");
});

test("an approval whose changes were not kept shows no number that is none", async () => {
  const approval = { state: "APPROVED", modified_spec: {}, manifest: null, expires_at: new Date().toISOString(), decided_at: new Date().toISOString() };
  const said = await request({ state: "SUCCESS", run_state: null, approval });
  expect(said).not.toMatch(/NaN|undefined/);
});

test("what nobody decided shows no decision, and a change its author and reason", async () => {
  const at = new Date().toISOString();
  const approval = { state: "EXPIRED", expires_at: at, decided_at: at, manifest: null, reason: null, modification_reason: null, modified_spec: null };
  const expired = await request({ state: "EXPIRED", run_state: null, fault: null, approval });
  expect(expired).toContain("Nobody decided in time");
  expect(expired).not.toMatch(/Decided by|No reason was given|the decided_by/);
  cleanup();
  const cancelled = await request({ state: "CANCELLED", run_state: null, fault: null, approval: { ...approval, state: "CANCELLED" } });
  expect(cancelled).toContain("Withdrawn bythe decided_by");
  expect(cancelled).not.toMatch(/Decided by|No reason was given/);
  cleanup();
  const modified = { ...approval, state: "APPROVED", modified_spec: { cpu_cores: 77, memory_mib: 2_048, disk_gib: 30 }, modification_reason: "Needs more." };
  const changed = await request({ state: "SUCCESS", run_state: null, fault: null, approval: modified });
  expect(await screen.findByText(/^Changed by the decided_by: \d+ → 77 vCPU/)).toBeTruthy();
  expect(changed).toContain("Needs more.");
  expect(changed).not.toContain("No reason was given");
});

test("a namespace that stays is not told as removed", async () => {
  const step = { name: "remove_namespace", state: "DONE", attempt: 1, started_at: new Date().toISOString(), ended_at: new Date().toISOString(), fault: null };
  const approval = { state: "APPROVED", expires_at: new Date().toISOString(), manifest: null };
  const ticket = { state: "FAILED", run_state: null, fault: null, approval };
  expect(await request({ ...ticket, steps: [{ ...step, detail: { removal: "IN_USE" } }] })).toMatch(/The namespace stays/);
  cleanup();
  expect(await request({ ...ticket, steps: [{ ...step, detail: { removal: "REMOVED" } }] })).toMatch(/Remove the namespace/);
});

test("special hardware is in the summary", async () => {
  const manifest = {
    spec: { template: { spec: { domain: { cpu: { dedicatedCpuPlacement: true }, memory: { hugepages: { pageSize: "1Gi" } }, devices: { gpus: [{ name: "a", deviceName: "maker.example/A10" }] } } } } },
  };
  const approval = { state: "APPROVED", expires_at: new Date().toISOString(), manifest };
  expect(await request({ state: "SUCCESS", run_state: null, fault: null, approval })).toContain("GPU maker.example/A10 · dedicated cores · huge pages of 1\u00a0GiB");
});

test("who does not decide reads of the approver's change, who does of their own", async () => {
  const approve = (allowed: boolean) => ({ allowed_actions: [{ action: "approve", allowed, reason: "TWO_PERSON_INTEGRITY" }], state: "PENDING" });
  await request(approve(false), "?tab=diff");
  expect(await screen.findByText("The approver's change")).toBeTruthy();
  cleanup();
  await request(approve(true), "?tab=diff");
  expect(await screen.findByText("Your change")).toBeTruthy();
});

test("resources that cannot be stay in their fields, and so does the dialog; a change needs its reason", async () => {
  const user = userEvent.setup();
  await request({ allowed_actions: [{ action: "approve", allowed: true }], state: "PENDING" }, "?resize=1");
  const dialog = within(await screen.findByRole("dialog", { name: "Change the resources" }));
  const cores = dialog.getByLabelText("vCPU");
  await user.clear(cores);
  await user.type(cores, "2.5");
  await user.click(dialog.getByRole("button", { name: "Done" }));
  expect((cores as HTMLInputElement).value).toBe("2.5");
  expect(dialog.getAllByText("Give a whole number within these bounds.").length).toBeGreaterThan(0);
  const memory = dialog.getByLabelText("Memory (MiB)");
  await user.clear(memory);
  await user.type(memory, "2048");
  await user.clear(cores);
  await user.type(cores, "4");
  await user.click(dialog.getByRole("button", { name: "Done" }));
  expect(dialog.getByText("A change needs a reason.")).toBeTruthy();
  await user.type(dialog.getByLabelText(/Reason for the change/), "The batch needs four.");
  await user.click(dialog.getByRole("button", { name: "Done" }));
  await waitFor(() => expect(screen.queryByRole("dialog", { name: "Change the resources" })).toBeNull());
  expect((await screen.findAllByText(/4 vCPU/)).length).toBeGreaterThan(0);
});
