import type { Schemas } from "../api/client";

/** What a VM gets. A VM that starts from a container image has no disk of its own. */
export interface Resources {
  cpu_cores: number;
  memory_mib: number;
  disk_gib?: number | null;
}

/** Whether VMs of a template have a disk that outlives a restart; a template that is not known (yet) counts as one that has. */
export function keepsDisk(template: Pick<Schemas["Template"], "boot_source"> | undefined): boolean {
  return template?.boot_source.kind !== "container_disk";
}

function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** Resources as a record keeps them; undefined unless they are whole. */
export function resourcesOf(value: unknown): Resources | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { cpu_cores, memory_mib, disk_gib } = value as Record<string, unknown>;
  const [cores, memory, disk] = [count(cpu_cores), count(memory_mib), count(disk_gib)];
  if (cores === undefined || memory === undefined) return undefined;
  return { cpu_cores: cores, memory_mib: memory, ...(disk === undefined ? {} : { disk_gib: disk }) };
}
