import { api, field, signIn } from "../people.mjs";
import { fileRequest, openDecision, reject } from "../steps.mjs";

/** Two approvers have the dialog open; the second is shown the first one's decision and reason. */
export async function journey({ world, open }) {
  const id = await fileRequest(await api(world, world.people.requester), world);
  const [first, second] = [await open(), await open()];
  await signIn(first, world.people.approver, world.password, `/requests/${id}`);
  await signIn(second, world.people.second_approver, world.password, `/requests/${id}`);
  const dialog = await openDecision(second, "Approve");
  await field(dialog, "Reason").fill("I was second");
  await reject(first, "We freeze until Monday");
  // Whether the event or the answer comes first: no second decision, and the winner with the reason.
  const act = dialog.getByRole("button", { name: /^Approve 1 VM/ });
  await act.click({ timeout: 2_000 }).catch(() => undefined);
  await dialog.getByText(/anton was first/).waitFor();
  await dialog.getByText(/We freeze until Monday/).waitFor();
  const seen = await (await api(world, world.people.requester))("GET", `/tickets/${id}`);
  if (seen.state !== "REJECTED") throw new Error(`the request is ${seen.state}`);
}
