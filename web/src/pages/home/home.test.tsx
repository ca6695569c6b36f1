import { playServer, type Call } from "../../testing/server";
import { cleanup, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import type { Me } from "../../app/session";
import type { Schemas } from "../../api/client";
import { idOf, sampleOf } from "../../testing/contract";
import { openPage } from "../../testing/open";
import { ADA } from "../../testing/people";
import { decidable } from "./OwnRequests";

const ENTRY = { path: "/", load: () => import("./HomePage") };
const sample = (call: Call) => sampleOf(call, { items: 1, text: (name) => `the ${name}`, optional: true });
const somebody = (...permissions: string[]): Me => ({ ...ADA, permissions });

afterEach(cleanup);

async function home(me: Me, play = sample): Promise<string> {
  playServer(play);
  const { container } = openPage(ENTRY, "/", me);
  await screen.findByRole("heading", { level: 1 });
  await waitFor(() => expect(container.querySelector(".pf-v6-c-skeleton")).toBeNull());
  return container.textContent;
}

test("each role finds what it does next, and no button for what it cannot do", async () => {
  const sre = await home(somebody("compute:vm:read", "workflow:execution:read"));
  expect(sre).toMatch(/Health.*Stuck steps/);
  expect(sre).not.toContain("New request");
  cleanup();
  expect(await home(somebody("compute:vm:read", "audit:log:read", "audit:export:create"))).toMatch(/Latest records.*Export as JSON lines/);
  cleanup();
  expect(await home(somebody("compute:vm:create"))).toContain("New request");
});

test("an administrator sees what is missing, and afterwards what there is", async () => {
  const admin = somebody("platform:cluster:manage", "identity:user:manage");
  const nothing = (call: Call) => sampleOf(call, { items: 0, text: (name) => name, optional: false });
  expect(await home(admin, nothing)).toMatch(/Set up Shepherd.*Register a cluster/);
  cleanup();
  const plenty = (call: Call) => sampleOf(call, { items: 3, text: (name) => `the ${name}`, optional: false });
  const done = await home(admin, plenty);
  expect(done).toMatch(/What is set up.*3 clusters.*3 people/);
  expect(done).not.toContain("Set up Shepherd");
});

test("what was decided since is not told as waiting", async () => {
  const decided = (call: Call) => {
    const answer = sample(call);
    if (/^\/api\/v1\/tickets\/[0-9a-f-]+$/.test(call.path)) Object.assign((answer.body as { approval: object }).approval, { state: "APPROVED" });
    return answer;
  };
  await home(somebody("governance:approval:decide"), decided);
  expect(await screen.findByText(/waits no longer: Approved/)).toBeTruthy();
  cleanup();
  expect(await home(somebody("governance:approval:decide"))).toContain("waits for a decision");
});

test("what became of a request is told as what it is, although another line asks whether it still waits", async () => {
  const two = (call: Call) => {
    const answer = sample(call);
    if (call.path === "/api/v1/notifications") {
      const [item] = (answer.body as { items: Schemas["Notification"][] }).items;
      Object.assign(answer.body as object, { items: [item, { ...item, id: idOf(99), kind: "TICKET_SUCCEEDED" }] });
    }
    if (/^\/api\/v1\/tickets\/[0-9a-f-]+$/.test(call.path)) Object.assign((answer.body as { approval: object }).approval, { state: "APPROVED" });
    return answer;
  };
  await home(somebody("governance:approval:decide"), two);
  expect(await screen.findAllByText(/waits no longer: Approved/)).toHaveLength(1);
  expect(screen.getAllByText(/is running/)).toHaveLength(1);
});

test("what nobody decided names nobody who did", async () => {
  const ended = (state: string) => (call: Call) => {
    const answer = sample(call);
    if (call.path === "/api/v1/tickets") for (const row of (answer.body as { items: object[] }).items) Object.assign(row, { state });
    return answer;
  };
  const asks = somebody("compute:vm:create");
  expect(await home(asks, ended("EXPIRED"))).toContain("Nobody decided in time");
  cleanup();
  expect(await home(asks, ended("CANCELLED"))).toContain("Withdrawn by the decided_by");
  cleanup();
  expect(await home(asks, ended("SUCCESS"))).toContain("Approved by the decided_by");
});

test("one's own request is not among those to decide", () => {
  const row = (allowed: boolean) => ({ allowed_actions: [{ action: "approve", allowed }] });
  expect(decidable([row(false), row(true)])).toEqual([row(true)]);
});
