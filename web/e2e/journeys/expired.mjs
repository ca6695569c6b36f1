import { api, field, signIn } from "../people.mjs";
import { fileRequest, openDecision } from "../steps.mjs";

/** The deadline passes while an approver has the dialog open: it says so, and nothing is decided. */
export async function journey({ world, open }) {
  const page = await open();
  await signIn(page, world.people.approver, world.password, "/requests");
  const as = await api(world, world.people.requester);
  const id = await fileRequest(as, world);
  await page.goto(`/requests/${id}`);
  const dialog = await openDecision(page, "Reject");
  await field(dialog, "Reason").fill("Too late to matter");
  await dialog.getByText(/Nobody can decide any more/).waitFor({ timeout: 60_000 });
  const seen = await as("GET", `/tickets/${id}`);
  if (seen.state !== "EXPIRED") throw new Error(`the request is ${seen.state}`);
}
