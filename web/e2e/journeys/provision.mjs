import { signIn } from "../people.mjs";
import { approve, fillRequest, submitRequest } from "../steps.mjs";

const REASON = "Load test until Friday <script>alert(1)</script>";

/** A requester asks with a new System and Service, an approver decides, the VM runs, the requester finds it. */
export async function journey({ world, open }) {
  const requester = await open();
  await signIn(requester, world.people.requester, world.password, "/requests/new");
  await fillRequest(requester, world, { system: "bank", service: "ledger", make: true, reason: REASON });
  const id = await submitRequest(requester);
  await requester.getByText(REASON).first().waitFor();

  const approver = await open();
  await signIn(approver, world.people.approver, world.password, "/requests");
  await approver.getByRole("link", { name: /ledger/ }).first().click();
  await approver.waitForURL(`**/requests/${id}*`);
  await approver.getByRole("heading", { level: 1, name: /rita asks for/ }).waitFor();
  await approver.getByText(REASON).first().waitFor();
  await approve(approver, "Fits the plan");

  // Without a reload: the other browser hears of the decision, then of the end.
  await requester.getByText("Fits the plan").first().waitFor();
  await requester.getByText("Done", { exact: true }).or(requester.getByText("The VM runs")).first().waitFor();
  await requester.goto("/vms");
  const row = requester.getByRole("row").filter({ hasText: "ledger" });
  await row.getByText("Running", { exact: true }).waitFor();
  await row.getByRole("link").first().click();
  await requester.waitForURL("**/vms/*");
  await requester.getByRole("heading", { level: 1, name: /ledger/ }).waitFor();
  await requester.getByRole("link", { name: /asks for|requests?|Request/i }).first().waitFor();
}
