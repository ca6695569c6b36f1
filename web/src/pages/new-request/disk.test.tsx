import { playServer, type Call } from "../../testing/server";
import { cleanup, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test } from "vitest";
import { idOf, sampleOf } from "../../testing/contract";
import { openPage } from "../../testing/open";
import { ADA } from "../../testing/people";

const ENTRY = { path: "/requests/new", load: () => import("./NewRequestPage") };
const DRAFT = `shepherd.draft.request.${ADA.principal.id}`;
const BOUNDS = { default_gib: 40, min_gib: 10, max_gib: 200 };

afterEach(() => {
  cleanup();
  localStorage.clear();
});

/** The form with a size chosen; `summary` is what the server counts. */
async function form(summary: object = {}, me = ADA): Promise<void> {
  localStorage.setItem(DRAFT, JSON.stringify({ size: idOf(1), reason: "typed before" }));
  playServer((call: Call) => {
    const answer = sampleOf(call, { items: 1, text: (name) => `the ${name}`, optional: false });
    if (call.path === "/api/v1/instance-sizes") (answer.body as { items: object[] }).items.forEach((size) => Object.assign(size, { disk: BOUNDS }));
    if (call.path === "/api/v1/tickets/summary") Object.assign(answer.body as object, summary);
    return answer;
  });
  openPage(ENTRY, "/requests/new", me);
  await screen.findByRole("textbox", { name: "Disk in GiB" });
}

const field = () => screen.getByRole<HTMLInputElement>("textbox", { name: "Disk in GiB" });
const thumb = () => screen.getByRole("slider").getAttribute("aria-valuenow");
const ERROR = "Must be a whole number between 10 and 200.";

test("the disk is typed, emptied and mistyped freely, with the error at the field", async () => {
  const user = userEvent.setup();
  await form();
  expect(field().value).toBe("40");
  await user.clear(field());
  expect([field().value, screen.queryAllByText(ERROR).length > 0, thumb()]).toEqual(["", true, "40"]);
  await user.type(field(), "many");
  expect([field().value, screen.queryAllByText(ERROR).length > 0, thumb()]).toEqual(["many", true, "40"]);
  await user.clear(field());
  await user.type(field(), "120");
  expect([field().value, field().getAttribute("aria-invalid"), thumb()]).toEqual(["120", "false", "120"]);
});

test("the median says whose it is", async () => {
  const decided = { median_seconds_to_decision: 7_200, decided_this_week: 5 };
  await form(decided);
  expect(await screen.findByText(/^Of the 5 requests .* that you may see, half took at most 2h/)).toBeTruthy();
  cleanup();
  await form(decided, { ...ADA, permissions: ADA.permissions.filter((held) => held !== "governance:ticket:read") });
  expect(await screen.findByText(/^Of your 5 requests .*, half took at most 2h/)).toBeTruthy();
});
