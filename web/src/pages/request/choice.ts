import { api, type Schemas } from "../../api/client";
import { useRead } from "../../app/read";
import { useUrl } from "../../app/url";
import { keepsDisk, type Resources } from "../../components/sizes";
import type { Offer, Ticket } from "./ticket";

/** What an approver chooses; it stands in the address. */
export interface Choice {
  clusterId: string | undefined;
  version: number | undefined;
  storageClass: string | undefined;
  modified: Resources | undefined;
}

type Cluster = Schemas["Cluster"];

function count(text: string | undefined): number | undefined {
  const number = Number(text);
  return text !== undefined && Number.isInteger(number) && number > 0 ? number : undefined;
}

/** The choice in the address; without one, the first cluster that fits. */
export function useChoice(ticket: Ticket, { template, size }: Offer, clusters: readonly Cluster[] | undefined): Choice {
  const [url] = useUrl();
  const fitting = clusters?.find((cluster) => cluster.usable && cluster.environment === ticket.names.environment);
  const sized = keepsDisk(template);
  const [cores, memory, disk] = [count(url["cpu"]), count(url["memory"]), sized ? count(url["disk"]) : undefined];
  const changes = size !== undefined && (cores ?? memory ?? disk) !== undefined;
  return {
    clusterId: url["cluster"] ?? fitting?.id,
    version: count(url["version"]),
    storageClass: url["storage"],
    modified: changes
      ? { cpu_cores: cores ?? size.cpu_cores, memory_mib: memory ?? size.memory_mib, ...(sized ? { disk_gib: disk ?? askedDisk(ticket) ?? size.disk.default_gib } : {}) }
      : undefined,
  };
}

/** GiB that were asked for; undefined where the VM has no disk of its own. */
export function askedDisk({ disk_gib }: { disk_gib?: number | null }): number | undefined {
  return disk_gib ?? undefined;
}

/** Part of the bodies of preview and approval that says where and with what. */
export function bodyOf({ version, storageClass, modified }: Choice) {
  return {
    ...(version === undefined ? {} : { template_version: version }),
    ...(storageClass === undefined ? {} : { storage_class: storageClass }),
    ...(modified === undefined ? {} : { modified_spec: modified as Schemas["ModifiedSpec"] }),
  };
}

/** The server's rendering of the choice, kept fresh while it is looked at. */
export function usePreview(ticket: Ticket, choice: Choice, enabled: boolean) {
  const body = { cluster_id: choice.clusterId ?? "", ...bodyOf(choice) };
  return useRead<Schemas["Preview"]>(
    ["tickets", ticket.id, "preview", body],
    (signal) => api.POST("/api/v1/tickets/{id}/preview", { params: { path: { id: ticket.id } }, body, signal }),
    { enabled: enabled && choice.clusterId !== undefined, keep: true },
  );
}

/** The preview as react-query has it. */
export type PreviewRead = ReturnType<typeof usePreview>;
