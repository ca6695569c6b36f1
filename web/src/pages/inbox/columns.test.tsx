import { playServer, type Call } from "../../testing/server";
import { cleanup, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { sampleOf } from "../../testing/contract";
import { openPage } from "../../testing/open";
import { ADA } from "../../testing/people";

const ENTRY = { path: "/requests", load: () => import("./InboxPage") };
const HOUR = 3_600_000;

afterEach(cleanup);

/** Titles of the columns and the cells of the only row. */
async function table(tab: string, row: object): Promise<readonly (readonly [string, string])[]> {
  playServer((call: Call) => {
    const answer = sampleOf(call, { items: 1, text: (name) => `the ${name}`, optional: true });
    if (call.path === "/api/v1/tickets") (answer.body as { items: object[] }).items.forEach((each) => Object.assign(each, row));
    return answer;
  });
  openPage(ENTRY, `/requests?tab=${tab}`, ADA);
  await screen.findByRole("link", { name: "the vm_name" });
  const cells = screen.getAllByRole("cell");
  return screen.getAllByRole("columnheader").map((title, index) => [title.textContent, cells[index]?.textContent ?? ""] as const);
}

const ago = (hours: number) => new Date(Date.now() - hours * HOUR).toISOString();

test("decided rows say when they were submitted and when they were decided, under titles that say so", async () => {
  const rows = Object.fromEntries(await table("decided", { state: "SUCCESS", age_tier: null, created_at: ago(5), decided_at: ago(2) }));
  expect(rows["Submitted"]).toBe("5 hours ago");
  expect(rows["Decision"]).toBe("2 hours agoby the decided_by");
  expect(rows).not.toHaveProperty("Age");
});

test("what ran out of time was decided by nobody, and what is pending shows its time left", async () => {
  const expired = Object.fromEntries(await table("all", { state: "EXPIRED", age_tier: null, created_at: ago(50), decided_at: ago(2) }));
  expect(expired["Decision"]).toBe("2 hours ago");
  cleanup();
  const pending = Object.fromEntries(await table("all", { state: "PENDING", age_tier: "CALM", created_at: ago(5), decided_at: null, deadline_at: ago(-3) }));
  expect(pending["Decision"]).toMatch(/left$/);
});

test("two days are not called new, and what still has days is not called overdue", async () => {
  const age = async (age_tier: string) => Object.fromEntries(await table("decide", { state: "PENDING", age_tier, created_at: ago(48), deadline_at: ago(-48) }))["Age"];
  expect((await age("CALM"))?.trim()).toBe("2d");
  cleanup();
  expect((await age("OVERDUE"))?.trim()).toBe("2dwaits too long");
});
