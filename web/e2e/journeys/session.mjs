import { api, field, signIn } from "../people.mjs";
import { fillRequest } from "../steps.mjs";

const REASON = "Typed before the session ended";

/** The session ends while a form is open: the password is asked for above it, and what was typed is sent. */
export async function journey({ world, open }) {
  const page = await open();
  await signIn(page, world.people.requester, world.password, "/requests/new");
  await fillRequest(page, world, { reason: REASON });
  const as = await api(world, world.people.requester);
  const { items } = await as("GET", "/auth/sessions");
  for (const { id, kind } of items) if (kind === "CONSOLE") await as("DELETE", `/auth/sessions/${id}`);
  await page.getByRole("button", { name: "Submit the request" }).click();
  const dialog = page.getByRole("dialog");
  await field(dialog, "Password").fill(world.password);
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await dialog.waitFor({ state: "hidden" });
  if ((await field(page, "Reason").inputValue()) !== REASON) throw new Error("the form was lost");
  await page.getByRole("button", { name: "Submit the request" }).click();
  await page.waitForURL(/\/requests\/[0-9a-f-]{36}/);
  await page.getByText(REASON).first().waitFor();
}
