/** Every link of the console. Nothing else builds one. */
export const paths = {
  home: () => "/",
  signIn: (back?: string) => (back ? `/sign-in?back=${encodeURIComponent(back)}` : "/sign-in"),
  setUp: () => "/set-up",
  password: () => "/password",
  sessions: () => "/sessions",
  inbox: (search: { tab?: "decide" | "decided" | "all" } = {}) => `/requests${query(search)}`,
  myRequests: (search: { show?: string } = {}) => `/requests/mine${query(search)}`,
  newRequest: (search: { template?: string; size?: string; like?: string } = {}) => `/requests/new${query(search)}`,
  request: (id: string, search: { tab?: string; decide?: "approve" | "reject" } = {}) => `/requests/${id}${query(search)}`,
  run: (id: string) => `/requests/${id}/run`,
  vms: (search: { state?: string } = {}) => `/vms${query(search)}`,
  vm: (id: string) => `/vms/${id}`,
  catalogue: () => "/catalogue",
  clusters: () => "/admin/clusters",
  cluster: (id: string) => `/admin/clusters/${id}`,
  newCluster: () => "/admin/clusters/new",
  templates: () => "/admin/templates",
  template: (id: string) => `/admin/templates/${id}`,
  newTemplate: (search: { from?: string } = {}) => `/admin/templates/new${query(search)}`,
  sizes: () => "/admin/instance-sizes",
  size: (id: string) => `/admin/instance-sizes/${id}`,
  newSize: () => "/admin/instance-sizes/new",
  namespaces: () => "/admin/namespaces",
  systems: () => "/admin/systems",
  system: (id: string) => `/admin/systems/${id}`,
  people: () => "/admin/people",
  person: (id: string) => `/admin/people/${id}`,
  newPerson: () => "/admin/people/new",
  audit: (search: { resource_id?: string; actor_id?: string; request_id?: string } = {}) =>
    `/admin/audit${query(search)}`,
  health: () => "/operations/health",
  stuck: () => "/operations/stuck",
  apiDocs: () => "/api/docs",
} as const;

function query(search: Record<string, string | undefined>): string {
  const given = Object.entries(search).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
}
