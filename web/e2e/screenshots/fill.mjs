// Fills an installation through its API, as its people would have done.
import { api } from "../people.mjs";
import { furnish } from "./catalogue.mjs";
import { behave, fail } from "./cluster.mjs";
import { age } from "./past.mjs";
import { hire } from "./people.mjs";
import { REQUESTS } from "./requests.mjs";

const ENDED = ["SUCCESS", "FAILED", "REJECTED", "CANCELLED", "EXPIRED"];
const SIZES_OF_THEIR_OWN = { cpu_request_millis: null, memory_request_mib: null };

/** Makes everything; answers the ids that pages need. */
export async function fill(world) {
  const as = await hire(world);
  const ids = await furnish(as, world.kubeconfig);
  const requests = REQUESTS.map(parse);
  const story = requests.flatMap((request) => [
    { ago: request.filed, act: () => file(world, as, ids, request) },
    ...(request.ended === undefined ? [] : [{ ago: request.ended, act: () => end(world, as, ids, request).then(() => settled(as, request)) }]),
  ]);
  for (const { act } of story.sort((a, b) => b.ago - a.ago)) await act();
  age(world, requests);
  for (const request of requests.filter(({ then }) => then.waits === "retry")) await parked(as, request);
  return { ...ids, ...(await named(as, requests)) };
}

function parse([filed, who, service, namespace, template, size, reason, then]) {
  const after = then.approve ?? then.reject ?? then.cancel ?? then.expire;
  return { filed, ended: after === undefined ? undefined : filed - after, who, service, namespace, template, size, reason, then };
}

async function file(world, as, ids, request) {
  const { who, service, namespace, template, size, reason, then } = request;
  const client = then.expire ? await api({ ...world, api: world.hasty }, who) : as[who];
  const body = {
    service_id: ids.services[service],
    namespace_id: ids.namespaces[namespace].id,
    template_id: ids.templates[template],
    instance_size_id: ids.sizes[size],
    reason,
    ...(then.disk ? { disk_gib: then.disk } : {}),
  };
  request.id = (await client("POST", "/tickets", body)).id;
}

/** Ends before the next thing happens, so that ids are in the order of the times. */
async function end(world, as, ids, request) {
  const { id, who, then } = request;
  if (then.approve) return approve(world, as, ids, request);
  if (then.reject) return as[then.by]("POST", `/tickets/${id}/reject`, { reason: then.reason });
  if (then.cancel) await as[who]("POST", `/tickets/${id}/cancel`, {});
}

async function approve(world, as, ids, { id, namespace, then }) {
  const { vm_name: name } = await as[then.by]("GET", `/tickets/${id}`);
  const target = { namespace, name };
  if (then.fails === "quota") await fail(world.gateway, { verb: "patch", resource: "virtualmachines", ...target }, overQuota(name));
  if (then.waits === "retry") await fail(world.gateway, { verb: "patch", resource: "virtualmachines", ...target }, DOWN);
  if (then.waits === "place") await behave(world.cluster_admin, { ...target, behaviour: "unschedulable" });
  const { environment } = ids.namespaces[namespace];
  const choice = {
    cluster_id: ids.clusters[environment === "prod" ? "berlin-1" : "berlin-2"],
    ...(then.change ? { modified_spec: { ...SIZES_OF_THEIR_OWN, ...then.change } } : {}),
  };
  const { digest } = await as[then.by]("POST", `/tickets/${id}/preview`, choice);
  const words = { ...(then.reason ? { reason: then.reason } : {}), ...(then.why ? { modification_reason: then.why } : {}) };
  await as[then.by]("POST", `/tickets/${id}/approve`, { ...choice, digest, ...words });
}

const overQuota = (name) => ({
  kind: "status",
  status: 403,
  reason: "Forbidden",
  message: `virtualmachines.kubevirt.io "${name}" is forbidden: exceeded quota: records, requested: limits.memory=16Gi, used: limits.memory=112Gi, limited: limits.memory=120Gi`,
});

const DOWN = { kind: "status", status: 503, reason: "ServiceUnavailable", message: "etcdserver: leader changed" };

/** Waits until the request is where it stays. */
async function settled(as, request) {
  const { waits } = request.then;
  await until(as, request, ({ state, steps }) => (waits ? steps.some(({ name, state: step }) => (waits === "retry" ? step === "RETRYING" : name === "await_vm_ready")) : ENDED.includes(state)));
}

/** A step that has failed for more than ten minutes is parked at its next try. */
async function parked(as, request) {
  await until(as, request, ({ run_state }) => run_state === "PARKED");
}

async function until(as, { id, who, reason }, there) {
  let seen;
  for (const stop = Date.now() + 180_000; Date.now() < stop; await new Promise((later) => setTimeout(later, 200))) {
    seen = await as[who]("GET", `/tickets/${id}`);
    if (there(seen)) return;
  }
  throw new Error(`“${reason}” stays ${seen.state}: ${JSON.stringify(seen.steps)}`);
}

/** Requests and VMs by what is to be seen on them. */
async function named(as, requests) {
  const by = (test) => requests.find(test).id;
  const { items } = await as.meiling("GET", "/vms?per_page=100");
  const vm = (request) => items.find(({ ticket_id: id }) => id === request).id;
  const done = by(({ service, then }) => service === "ledger" && then.approve);
  return {
    done,
    vm: vm(by(({ id, then }) => then.approve && items.some(({ ticket_id: of, guest_ip: address }) => of === id && address))),
    changed: by(({ then }) => then.change),
    rejected: by(({ then }) => then.reject),
    expired: by(({ then }) => then.expire),
    cancelled: by(({ then }) => then.cancel),
    failed: by(({ then }) => then.fails),
    parked: by(({ then }) => then.waits === "retry"),
    running: by(({ then }) => then.waits === "place"),
    pending: by(({ then }) => then.disk),
    gpu: by(({ size }) => size === "gpu-a10"),
    pinned: by(({ size }) => size === "database-pinned"),
    long: by(({ service, ended, size }) => service === "tiles" && size === "large" && ended === undefined),
    rtl: by(({ reason }) => reason.includes("🚀")),
  };
}
