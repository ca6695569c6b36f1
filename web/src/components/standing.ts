import { api, type Schemas } from "../api/client";
import { useEverything } from "../app/everything";
import { useRead } from "../app/read";
import { useMay } from "../app/session";
import type { Stateful } from "./StateLabel";

type Dependency = Schemas["Dependency"];
type Cluster = Schemas["Cluster"];

/** A state and what it is one of. */
export interface Standing {
  of: Stateful;
  state: string;
}

/** What a check of a cluster can have found that keeps VMs from being placed there. */
const ILL: readonly string[] = ["UNHEALTHY", "UNREACHABLE"] satisfies Cluster["status"][];

/**
 * How something that Shepherd stands on stands. Of a cluster two things are known: whether workers hear from it at the
 * moment, and what its last check found. It is well when both say so; the check says more about what is wrong.
 */
export function standing(seen: Pick<Dependency, "state">, checked: Pick<Cluster, "status"> | undefined): Standing {
  return checked && ILL.includes(checked.status) ? { of: "cluster", state: checked.status } : { of: "dependency", state: seen.state };
}

/** Whether nothing is wrong with it. */
export function isWell({ of, state }: Standing): boolean {
  return of === "dependency" && state === "OK";
}

/** Everything that Shepherd stands on, and how each of it stands: the same on every page. */
export function useStandings(every?: number) {
  const read = useRead<Schemas["DependencyList"]>(
    ["health"],
    (signal) => api.GET("/api/v1/health/dependencies", { signal }),
    every === undefined ? {} : { every },
  );
  const clusters = useEverything<Cluster>(["clusters"], (cut, signal) => api.GET("/api/v1/clusters", { params: { query: cut }, signal }), {
    enabled: useMay("platform:cluster:read"),
  });
  const of = (row: Dependency) => standing(row, clusters.data?.find(({ id }) => id === row.cluster_id));
  // Until the checks are known, a cluster would look better than it is.
  return { read, of, known: !clusters.isLoading };
}
