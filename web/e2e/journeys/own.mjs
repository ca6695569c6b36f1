import { api, signIn } from "../people.mjs";
import { fileRequest } from "../steps.mjs";

/** Somebody who may approve sees the own request, dimmed, and why it is for others. */
export async function journey({ world, open }) {
  const as = await api(world, world.people.both);
  const { id: system } = await as("POST", "/systems", { name: "desk" });
  const { id: service } = await as("POST", "/services", { system_id: system, name: "own" });
  const id = await fileRequest(as, world, { service_id: service });
  const page = await open();
  await signIn(page, world.people.both, world.password, "/requests");
  await page.getByRole("row").filter({ hasText: "own" }).getByRole("link").first().click();
  await page.waitForURL(`**/requests/${id}*`);
  const approve = page.getByRole("button", { name: "Approve", exact: true });
  await approve.waitFor();
  if ((await approve.getAttribute("aria-disabled")) !== "true") throw new Error("the own request can be approved");
  await approve.focus();
  await page.getByText(/Somebody else must decide/).first().waitFor();
  await approve.press("Enter");
  if (await page.getByRole("dialog").isVisible()) throw new Error("the dialog opened for the own request");
}
