import { api, field, signIn } from "../people.mjs";
import { fillRequest } from "../steps.mjs";

const REASON = "Typed before the session ended";

/** The session ends while a form or a dialog is open: the password is asked for above it, and what was typed is sent. */
export async function journey({ world, open }) {
  const page = await open();
  await signIn(page, world.people.requester, world.password, "/requests/new");
  await fillRequest(page, world, { reason: REASON });
  await endSessions(world, world.people.requester);
  await page.getByRole("button", { name: "Submit the request" }).click();
  await signInAgain(page, world);
  if ((await field(page, "Reason").inputValue()) !== REASON) throw new Error("the form was lost");
  await page.getByRole("button", { name: "Submit the request" }).click();
  await page.waitForURL(/\/requests\/[0-9a-f-]{36}/);
  await page.getByText(REASON).first().waitFor();
  await decide(await open(), world, new URL(page.url()).pathname);
}

async function decide(page, world, request) {
  await signIn(page, world.people.approver, world.password, request);
  await page.getByRole("button", { name: "Approve", exact: true, disabled: false }).click();
  const decision = page.getByRole("dialog").filter({ hasNotText: "Your session has ended" });
  await decision.getByRole("textbox").fill(REASON);
  await endSessions(world, world.people.approver);
  await decision.getByRole("button", { name: /^Approve 1 VM/ }).click();
  await signInAgain(page, world);
  if ((await decision.getByRole("textbox").inputValue()) !== REASON) throw new Error("the reason of the decision was lost");
  await decision.getByRole("button", { name: /^Approve 1 VM/ }).click();
  await decision.getByText("Your approval is recorded").waitFor();
}

async function endSessions(world, person) {
  const as = await api(world, person);
  const { items } = await as("GET", "/auth/sessions");
  for (const { id, kind } of items) if (kind === "CONSOLE") await as("DELETE", `/auth/sessions/${id}`);
}

/** The dialog lies above everything (else nothing in it can be clicked), and Escape leaves all as it is. */
async function signInAgain(page, world) {
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  await field(dialog, "Password").click();
  await page.keyboard.press("Escape");
  await field(dialog, "Password").fill(world.password);
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await dialog.waitFor({ state: "hidden" });
}
