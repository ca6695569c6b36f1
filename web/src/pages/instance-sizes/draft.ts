import type { Schemas } from "../../api/client";

/** A size as it is typed; the numbers are texts until it is sent. */
export interface SizeDraft {
  name: string;
  display_name: string;
  description: string;
  sort_order: string;
  enabled: boolean;
  cpu_cores: string;
  memory_mib: string;
  min_gib: string;
  default_gib: string;
  max_gib: string;
  cpu_request_millis: string;
  memory_request_mib: string;
  dedicated_cpu: boolean;
  hugepages: string;
  gpus: string;
  sriov: string;
  spec_overrides: string;
}

/** A size before anything was typed. */
export const EMPTY: SizeDraft = {
  name: "",
  display_name: "",
  description: "",
  sort_order: "0",
  enabled: true,
  cpu_cores: "2",
  memory_mib: "4096",
  min_gib: "10",
  default_gib: "20",
  max_gib: "100",
  cpu_request_millis: "",
  memory_request_mib: "",
  dedicated_cpu: false,
  hugepages: "",
  gpus: "",
  sriov: "",
  spec_overrides: "",
};

/** A size as it is edited. */
export function drafted(size: Schemas["InstanceSize"]): SizeDraft {
  const overrides = size.spec_overrides ?? {};
  return {
    name: size.name,
    display_name: size.display_name,
    description: size.description,
    sort_order: String(size.sort_order),
    enabled: size.enabled,
    cpu_cores: String(size.cpu_cores),
    memory_mib: String(size.memory_mib),
    min_gib: String(size.disk.min_gib),
    default_gib: String(size.disk.default_gib),
    max_gib: String(size.disk.max_gib),
    cpu_request_millis: text(size.cpu_request_millis),
    memory_request_mib: text(size.memory_request_mib),
    dedicated_cpu: size.dedicated_cpu,
    hugepages: size.hugepages ?? "",
    gpus: size.gpus.map(({ name, device_name }) => `${name} ${device_name}`).join("\n"),
    sriov: size.sriov.map(({ name, network }) => `${name} ${network}`).join("\n"),
    spec_overrides: Object.keys(overrides).length === 0 ? "" : JSON.stringify(overrides, null, 2),
  };
}

function text(number: number | null | undefined): string {
  return number === null || number === undefined ? "" : String(number);
}

/** Lines of "name target"; `bad` is the number of the first line that is none. */
export function pairs(lines: string): { pairs: (readonly [string, string])[]; bad?: number } {
  const found: (readonly [string, string])[] = [];
  for (const [index, line] of lines.split("\n").entries()) {
    const words = line.trim().split(/\s+/).filter((word) => word !== "");
    if (words.length === 0) continue;
    const [name, target, ...rest] = words;
    if (name === undefined || target === undefined || rest.length > 0) return { pairs: found, bad: index + 1 };
    found.push([name, target]);
  }
  return { pairs: found };
}

/** The overrides as an object, or why they are none. */
export function overrides(json: string): { value: Record<string, unknown> } | { shape: true } | { detail: string } {
  if (json.trim() === "") return { value: {} };
  try {
    const value: unknown = JSON.parse(json);
    const object = typeof value === "object" && value !== null && !Array.isArray(value);
    return object ? { value: value as Record<string, unknown> } : { shape: true };
  } catch (error) {
    return { detail: error instanceof Error ? error.message : String(error) };
  }
}

type Body = Required<Omit<Schemas["InstanceSizeUpdate"], "enabled">>;

/** What is sent; undefined while something cannot be read. Ranges are the server's to judge. */
export function sent(draft: SizeDraft): Body | undefined {
  const gpus = pairs(draft.gpus);
  const sriov = pairs(draft.sriov);
  const changed = overrides(draft.spec_overrides);
  const numbers = [draft.cpu_cores, draft.memory_mib, draft.min_gib, draft.default_gib, draft.max_gib, draft.sort_order];
  const readable = numbers.every((number) => /^-?\d+$/.test(number));
  if (!readable || gpus.bad !== undefined || sriov.bad !== undefined || !("value" in changed)) return undefined;
  return {
    display_name: draft.display_name,
    description: draft.description,
    sort_order: Number(draft.sort_order),
    cpu_cores: Number(draft.cpu_cores),
    memory_mib: Number(draft.memory_mib),
    disk: { min_gib: Number(draft.min_gib), default_gib: Number(draft.default_gib), max_gib: Number(draft.max_gib) },
    cpu_request_millis: draft.cpu_request_millis === "" ? null : Number(draft.cpu_request_millis),
    memory_request_mib: draft.memory_request_mib === "" ? null : Number(draft.memory_request_mib),
    dedicated_cpu: draft.dedicated_cpu,
    hugepages: draft.hugepages === "2Mi" || draft.hugepages === "1Gi" ? draft.hugepages : null,
    gpus: gpus.pairs.map(([name, device_name]) => ({ name, device_name })),
    sriov: sriov.pairs.map(([name, network]) => ({ name, network })),
    spec_overrides: changed.value as Body["spec_overrides"],
  };
}
