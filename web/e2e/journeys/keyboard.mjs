import { api, signIn } from "../people.mjs";
import { fileRequest } from "../steps.mjs";

/** From the inbox to the recorded decision without a mouse; the focus is always somewhere, and comes back. */
export async function journey({ world, open }) {
  const id = await fileRequest(await api(world, world.people.requester), world);
  const page = await open();
  await signIn(page, world.people.approver, world.password, "/requests");
  await page.getByRole("row").filter({ hasText: "shop-web" }).waitFor();
  // Past masthead, navigation, tabs and filters, as Tab goes.
  await tabTo(page, (element) => element.closest("tbody tr") === element);
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/requests/${id}*`);
  const approve = page.getByRole("button", { name: "Approve", exact: true });
  await tabTo(page, (element) => element.textContent === "Approve");
  // It has the focus before the preview is there, and keeps it.
  await page.getByRole("button", { name: "Approve", exact: true, disabled: false }).waitFor();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await approve.focus();
  await page.keyboard.press("Enter");
  await dialog.waitFor();
  await tabTo(page, (element) => element.tagName === "TEXTAREA");
  await page.keyboard.type("By keyboard alone");
  await tabTo(page, (element) => /^Approve 1 VM/.test(element.textContent ?? ""));
  await page.keyboard.press("Enter");
  await dialog.getByText("Your approval is recorded").waitFor();
  const inside = await page.evaluate(() => document.activeElement?.closest("[role=dialog]") !== null);
  if (!inside) throw new Error("the focus left the dialog when the decision was recorded");
}

/** Presses Tab until what has the focus is meant; every stop on the way must show that it has it. */
async function tabTo(page, meant) {
  const found = `(${meant.toString()})(document.activeElement)`;
  for (let stop = 0; stop < 80; stop += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(found)) return;
  }
  throw new Error(`Tab never reaches ${meant.toString()} on ${page.url()}`);
}
