import { playServer, type Call } from "../../testing/server";
import { cleanup, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test } from "vitest";
import { idOf, sampleOf } from "../../testing/contract";
import { openPage } from "../../testing/open";
import { ADA } from "../../testing/people";

const ENTRY = { path: "/requests/$id", load: () => import("./RequestPage") };
const AT = new Date().toISOString();

afterEach(() => {
  cleanup();
  sessionStorage.clear();
});

async function request(changes: object, query = ""): Promise<string> {
  playServer((call: Call) => {
    if (call.method === "POST") return { status: 200, body: { digest: "sha256:0", manifest: {}, namespace: "demo", warnings: [] } };
    const answer = sampleOf(call, { items: 1, text: (name) => `the ${name}`, optional: false });
    if (call.path === `/api/v1/tickets/${idOf(1)}`) Object.assign(answer.body as object, changes);
    return answer;
  });
  const { container } = openPage(ENTRY, `/requests/${idOf(1)}${query}`, ADA);
  await screen.findByRole("heading", { level: 1 });
  return container.textContent;
}

test.each(["REJECTED", "EXPIRED", "CANCELLED"])("nobody chooses a cluster for a request that is %s", async (state) => {
  const approval = { state, expires_at: AT, decided_at: AT, manifest: null };
  const said = await request({ state, approval });
  expect(said).toContain("none: the request ended without an approval");
  expect(said).not.toContain("chosen by whoever approves");
  cleanup();
  await request({ state, approval }, "?tab=diff");
  expect(await screen.findByText("none was chosen")).toBeTruthy();
  expect(screen.queryByRole("columnheader", { name: "Approved" })).toBeNull();
});

test("the confirming step shows what was changed, and why", async () => {
  sessionStorage.setItem(`shepherd.draft.${ADA.principal.id}.decision.${idOf(1)}`, JSON.stringify({ modification: "Seventy-seven, as measured." }));
  await request({ state: "PENDING", allowed_actions: [{ action: "approve", allowed: true }] }, "?cpu=77&decide=approve");
  const dialog = within(await screen.findByRole("dialog"));
  expect(await dialog.findByText(/^Your change: \d+ → 77 vCPU/)).toBeTruthy();
  expect(dialog.getByText("Seventy-seven, as measured.")).toBeTruthy();
});

test("withdrawing and keeping a request have different words", async () => {
  await request({ state: "PENDING", requester_id: ADA.principal.id, allowed_actions: [{ action: "cancel", allowed: true }, { action: "approve", allowed: false, reason: "TWO_PERSON_INTEGRITY" }] });
  await userEvent.click(await screen.findByRole("button", { name: "Withdraw the request" }));
  const dialog = within(await screen.findByRole("dialog"));
  expect(dialog.getByRole("button", { name: "Withdraw the request" })).toBeTruthy();
  expect(dialog.queryByRole("button", { name: "Cancel" })).toBeNull();
  await userEvent.click(dialog.getByRole("button", { name: "Keep the request" }));
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("a rejection without a reason cannot be pressed, and says why to keyboards, too", async () => {
  await request({ state: "PENDING", allowed_actions: [{ action: "approve", allowed: true }, { action: "reject", allowed: true }] }, "?decide=reject");
  const button = within(await screen.findByRole("dialog")).getByRole("button", { name: "Reject the request" });
  expect(button.getAttribute("aria-disabled")).toBe("true");
  button.focus();
  expect((await screen.findByRole("tooltip")).textContent).toBe("Give the reason first.");
});
