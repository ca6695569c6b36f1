import { useQueryClient } from "@tanstack/react-query";
import { api, type Schemas } from "../../api/client";
import { useRead } from "../../app/read";
import { useMay } from "../../app/session";

/** A request with everything about it. */
export type Ticket = Schemas["TicketDetail"];

const ACTIVE = ["APPROVED", "EXECUTING"];
/** Milliseconds between reads while something is under way. */
const OFTEN = 2_000;

/** Whether a run is under way. */
export function isActive(state: string): boolean {
  return ACTIVE.includes(state);
}

/** Reads a request; often while it runs, or while `watched`. */
export function useTicket(id: string, watched = false) {
  const key = ["tickets", id];
  const state = useQueryClient().getQueryData<Ticket>(key)?.state;
  const often = watched || (state !== undefined && isActive(state));
  return useRead<Ticket>(
    key,
    (signal) => api.GET("/api/v1/tickets/{id}", { params: { path: { id } }, signal }),
    often ? { every: OFTEN } : {},
  );
}

/** The template's version that was asked for, and the size: what the request is compared with. */
export function useOffer(ticket: Ticket) {
  const template = useRead<Schemas["Template"]>(["templates", ticket.template_id], (signal) =>
    api.GET("/api/v1/templates/{id}", { params: { path: { id: ticket.template_id } }, signal }),
  );
  const size = useRead<Schemas["InstanceSize"]>(["instance-sizes", ticket.instance_size_id], (signal) =>
    api.GET("/api/v1/instance-sizes/{id}", { params: { path: { id: ticket.instance_size_id } }, signal }),
  );
  return { template: template.data, size: size.data };
}

/** What a request is compared with. */
export type Offer = ReturnType<typeof useOffer>;

/** Clusters for the choice of a place; only for those who may see them. */
export function useClusters() {
  const enabled = useMay("platform:cluster:read");
  return useRead<Schemas["ClusterList"]>(
    ["clusters", "placement"],
    (signal) => api.GET("/api/v1/clusters", { params: { query: { per_page: 100 } }, signal }),
    { enabled },
  );
}

/** Versions of a template that may be approved. */
export function useVersions(name: string | undefined) {
  const versions = useRead<Schemas["TemplateList"]>(
    ["templates", "versions", name],
    (signal) => api.GET("/api/v1/templates", { params: { query: { name: name ?? "", per_page: 100 } }, signal }),
    { enabled: name !== undefined },
  );
  return (versions.data?.items ?? []).filter(({ status }) => status === "active" || status === "deprecated");
}
