/** Any JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

function at(value: unknown, ...path: (string | number)[]): Json | undefined {
  let here = value;
  for (const step of path) {
    if (typeof here !== "object" || here === null) return undefined;
    here = (here as Record<string, unknown>)[String(step)];
  }
  return here as Json | undefined;
}

function text(value: Json | undefined): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

/** What is asked of a node beyond CPU and memory. */
export interface Hardware {
  dedicated: boolean;
  hugepages: string | undefined;
  /** Names that the cluster has for the devices. */
  gpus: readonly string[];
}

/** What a manifest says, in the words of the request page. */
export interface ManifestFacts {
  namespace: string | undefined;
  cores: string | undefined;
  memory: string | undefined;
  requests: { cpu: string | undefined; memory: string | undefined };
  image: string | undefined;
  volume: { storage: string | undefined; storageClass: string | undefined } | undefined;
  networks: readonly string[];
  hardware: Hardware;
  labels: readonly (readonly [string, string])[];
}

/** Reads a VirtualMachine; whatever it lacks is undefined. */
export function factsOf(manifest: unknown): ManifestFacts {
  const spec = at(manifest, "spec", "template", "spec");
  const volume = at(manifest, "spec", "dataVolumeTemplates", 0);
  const networks = at(spec, "networks");
  const gpus = at(spec, "domain", "devices", "gpus");
  const labels = at(manifest, "metadata", "labels");
  const source = at(volume, "spec", "source");
  const clone = at(source, "pvc");
  return {
    namespace: text(at(manifest, "metadata", "namespace")),
    cores: text(at(spec, "domain", "cpu", "cores")),
    memory: text(at(spec, "domain", "memory", "guest")),
    requests: {
      cpu: text(at(spec, "domain", "resources", "requests", "cpu")),
      memory: text(at(spec, "domain", "resources", "requests", "memory")),
    },
    image:
      text(at(spec, "volumes", 0, "containerDisk", "image")) ??
      text(at(source, "http", "url")) ??
      (clone ? `${text(at(clone, "namespace")) ?? ""}/${text(at(clone, "name")) ?? ""}` : undefined),
    volume: volume
      ? {
          storage: text(at(volume, "spec", "storage", "resources", "requests", "storage")),
          storageClass: text(at(volume, "spec", "storage", "storageClassName")),
        }
      : undefined,
    networks: Array.isArray(networks)
      ? networks.map((network) => text(at(network, "multus", "networkName")) ?? text(at(network, "name")) ?? "")
      : [],
    hardware: {
      dedicated: at(spec, "domain", "cpu", "dedicatedCpuPlacement") === true,
      hugepages: text(at(spec, "domain", "memory", "hugepages", "pageSize")),
      gpus: Array.isArray(gpus) ? gpus.map((gpu) => text(at(gpu, "deviceName")) ?? "") : [],
    },
    labels: Object.entries(labels ?? {}).map(([key, value]) => [key, String(value)] as const),
  };
}

/** A place in two documents where they differ. */
export interface Difference {
  path: string;
  before: string | undefined;
  after: string | undefined;
}

/** Where two documents differ, by path. */
export function differences(before: unknown, after: unknown, path = ""): readonly Difference[] {
  const open = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
  if (open(before) && open(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) => differences(before[key], after[key], path === "" ? key : `${path}.${key}`));
  }
  const write = (value: unknown) => (value === undefined ? undefined : JSON.stringify(value));
  return write(before) === write(after) ? [] : [{ path, before: write(before), after: write(after) }];
}
