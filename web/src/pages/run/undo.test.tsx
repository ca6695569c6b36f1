import { playServer, type Call } from "../../testing/server";
import { cleanup, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { idOf, sampleOf } from "../../testing/contract";
import { openPage } from "../../testing/open";
import { ADA } from "../../testing/people";

const ENTRY = { path: "/requests/$id/run", load: () => import("./RunPage") };

afterEach(cleanup);

async function run(changes: object): Promise<void> {
  playServer((call: Call) => {
    const answer = sampleOf(call, { items: 1, text: (name) => `the ${name}`, optional: true });
    if (call.path === `/api/v1/tickets/${idOf(1)}`) Object.assign(answer.body as object, changes);
    return answer;
  });
  openPage(ENTRY, `/requests/${idOf(1)}/run`, ADA);
  await screen.findByRole("heading", { level: 1 });
}

test("an undo under way and a finished one are told apart", async () => {
  await run({ state: "EXECUTING", run_state: "UNDOING" });
  expect(await screen.findByText(/what it made is taken back\.$/)).toBeTruthy();
  cleanup();
  const step = { name: "remove_vm", state: "DONE", attempt: 1, started_at: new Date().toISOString(), ended_at: new Date().toISOString(), fault: null, detail: {} };
  await run({ state: "FAILED", run_state: null, steps: [step] });
  expect(await screen.findByText(/what it had made was taken back\.$/)).toBeTruthy();
});
