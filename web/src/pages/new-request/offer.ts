import { api, type Schemas } from "../../api/client";
import { useEverything } from "../../app/everything";
import { keepsDisk, type Resources } from "../../components/sizes";
import type { Draft } from "./draft";

/** What can be chosen from. */
export interface Offer {
  templates: readonly Schemas["Template"][];
  sizes: readonly Schemas["InstanceSize"][];
  namespaces: readonly Schemas["Namespace"][];
  systems: readonly Schemas["System"][];
  /** Those of the chosen System; undefined until they have been read. */
  services: readonly Schemas["Service"][] | undefined;
}

/** Reads what can be chosen from. */
export function useOffer(system: string) {
  const templates = useEverything<Schemas["Template"]>(["templates", "active"], (page, signal) =>
    api.GET("/api/v1/templates", { params: { query: { ...page, status: "active" } }, signal }),
  );
  const sizes = useEverything<Schemas["InstanceSize"]>(["instance-sizes", "enabled"], (page, signal) =>
    api.GET("/api/v1/instance-sizes", { params: { query: { ...page, enabled: true } }, signal }),
  );
  const namespaces = useEverything<Schemas["Namespace"]>(["namespaces", "enabled"], (page, signal) =>
    api.GET("/api/v1/namespaces", { params: { query: { ...page, enabled: true } }, signal }),
  );
  const systems = useEverything<Schemas["System"]>(["systems"], (page, signal) =>
    api.GET("/api/v1/systems", { params: { query: page }, signal }),
  );
  const services = useEverything<Schemas["Service"]>(
    ["services", system],
    (page, signal) => api.GET("/api/v1/services", { params: { query: { ...page, system_id: system } }, signal }),
    { enabled: system !== "" },
  );
  const reads = [templates, sizes, namespaces, systems, ...(system === "" ? [] : [services])];
  const ready = templates.data && sizes.data && namespaces.data && systems.data;
  const offer: Offer | undefined = ready && {
    templates: templates.data,
    sizes: sizes.data,
    namespaces: namespaces.data,
    systems: systems.data,
    services: services.data,
  };
  return {
    data: offer,
    error: reads.find(({ error, data }) => error && !data)?.error ?? null,
    refetch: () => reads.forEach((read) => void read.refetch()),
  };
}

/** What the draft's ids stand for; what is not offered (any more) is not there. */
export function chosenOf(draft: Draft, offer: Offer) {
  const find = <T extends { id: string }>(all: readonly T[] | undefined, id: string) => all?.find((each) => each.id === id);
  const size = find(offer.sizes, draft.size);
  const template = find(offer.templates, draft.template);
  return {
    system: find(offer.systems, draft.system),
    service: find(offer.services, draft.service),
    namespace: find(offer.namespaces, draft.namespace),
    template,
    size,
    /** GiB; undefined where the VM has no disk of its own. */
    disk: !keepsDisk(template) ? undefined : draft.disk === null ? size?.disk.default_gib : typedGib(draft.disk),
  };
}

/** What is chosen. */
export type Chosen = ReturnType<typeof chosenOf>;

/** What the VM gets, as far as it would be accepted: a disk that is out of bounds is nothing that could be promised. */
export function promised({ size, disk }: Chosen): Resources | undefined {
  return size && { cpu_cores: size.cpu_cores, memory_mib: size.memory_mib, ...(disk !== undefined && diskFits(disk, size) ? { disk_gib: disk } : {}) };
}

/** GiB that were typed; no number unless it is written in digits alone. */
export function typedGib(typed: string): number {
  return /^\s*\d+\s*$/.test(typed) ? Number(typed) : Number.NaN;
}

/** Whether a disk may be asked for with a size. */
export function diskFits(disk: number | undefined, size: Schemas["InstanceSize"]): boolean {
  return disk !== undefined && Number.isInteger(disk) && disk >= size.disk.min_gib && disk <= size.disk.max_gib;
}
