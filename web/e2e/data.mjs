// Requests as an installation of some weeks has them, made through the API.
import { api } from "./people.mjs";
import { fileRequest } from "./steps.mjs";

const LONG = `Quarter-end ${"reconciliation-".repeat(14)}batch. ${"The nodes that do it now are full at each end of a month, and the auditors ask for the books by the fifth. ".repeat(12)}`;

/** Fills a world; answers the ids that pages need. */
export async function fill(world) {
  const requester = await api(world, world.people.requester);
  const approver = await api(world, world.people.approver);
  const services = {};
  for (const [system, names] of [["payments", ["ledger", "gateway"]], ["crm", ["search"]], ["x-ray", ["archive"]]]) {
    const { id } = await requester("POST", "/systems", { name: system, description: `Everything around ${system}` });
    for (const name of names) services[name] = (await requester("POST", "/services", { system_id: id, name })).id;
  }
  const file = (service, reason) => fileRequest(requester, world, { service_id: services[service] ?? world.service, reason });
  const done = await file("ledger", "Month-end close needs a second ledger node until 30 November, change CHG-20413.");
  await decide(approver, done, { approve: true }, world);
  const rejected = await file("search", "Try a larger index");
  await decide(approver, rejected, { reason: "The index fits the present node; ask again when it exceeds 40 GiB." });
  const cancelled = await file("search", "Filed twice by mistake");
  await requester("POST", `/tickets/${cancelled}/cancel`, {});
  await ended(requester, done);
  const pending = await file("gateway", "Load test of the new card gateway, 25 to 29 November. Incident INC-7781 asks for it.");
  const long = await file("archive", `${LONG} 🚀 שלום <b>bold</b>`);
  const { items } = await requester("GET", "/vms");
  return { pending, long, done, rejected, vm: items[0]?.id };
}

async function decide(as, id, { approve = false, reason }, world) {
  if (!approve) return as("POST", `/tickets/${id}/reject`, { reason });
  const { digest } = await as("POST", `/tickets/${id}/preview`, { cluster_id: world.cluster });
  return as("POST", `/tickets/${id}/approve`, { cluster_id: world.cluster, digest, reason: "Within the plan" });
}

async function ended(as, id) {
  const end = Date.now() + 60_000;
  while (Date.now() < end) {
    const { state } = await as("GET", `/tickets/${id}`);
    if (["SUCCESS", "FAILED"].includes(state)) return;
    await new Promise((later) => setTimeout(later, 100));
  }
  throw new Error("the run did not end");
}
