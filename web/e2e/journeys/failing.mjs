import { api, signIn } from "../people.mjs";
import { approve, fileRequest } from "../steps.mjs";

/** A run that fails for good: the step with its error, and the undo that takes everything back. */
export async function journey({ world, open }) {
  const id = await fileRequest(await api(world, world.people.requester), world);
  const page = await open();
  await signIn(page, world.people.approver, world.password, `/requests/${id}`);
  await approve(page);
  await page.getByRole("dialog").getByRole("link", { name: "See the run" }).click();
  await page.waitForURL(`**/requests/${id}/run`);
  await page.getByText("Failed", { exact: true }).first().waitFor({ timeout: 60_000 });
  await page.getByText(/undo|taken back|Taking back/i).first().waitFor();
  await page.getByText(/not on my watch/).first().waitFor();
}
