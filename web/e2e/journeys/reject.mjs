import { api, field, signIn } from "../people.mjs";
import { approve, fileRequest, reject, submitRequest } from "../steps.mjs";

/** A rejection needs a reason, reaches the requester with it, and a similar request is one step away. */
export async function journey({ world, open }) {
  const id = await fileRequest(await api(world, world.people.requester), world);
  const approver = await open();
  await signIn(approver, world.people.approver, world.password, `/requests/${id}`);
  await approver.getByRole("button", { name: "Reject", exact: true }).click();
  const act = approver.getByRole("dialog").getByRole("button", { name: "Reject the request" });
  if (await act.isEnabled()) throw new Error("a rejection without a reason can be sent");
  await approver.keyboard.press("Escape");
  await reject(approver, "Too small <img src=x onerror=alert(1)>: ask for a larger disk");

  const requester = await open();
  await signIn(requester, world.people.requester, world.password, `/requests/${id}`);
  await requester.getByText("Too small <img src=x onerror=alert(1)>").first().waitFor();
  await requester.getByRole("link", { name: "Request similar" }).click();
  await requester.getByText("Filled in from an earlier request").waitFor();
  await field(requester, "Reason").fill("With the disk that was missing");
  const again = await submitRequest(requester);
  if (again === id) throw new Error("the same request came back");
  await approver.goto(`/requests/${again}`);
  await approve(approver);
}
