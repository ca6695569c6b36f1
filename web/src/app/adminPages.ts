import { paths } from "../paths";
import type { NavEntry, PageEntry } from "./pages";

const nav = (label: NavEntry["label"], ...permissions: string[]): NavEntry => ({ group: "administration", label, permissions });
const work = (label: NavEntry["label"], ...permissions: string[]): NavEntry => ({ group: "operations", label, permissions });

/** Pages of administration and operations, in the order of the navigation. */
export const adminPages: readonly PageEntry[] = [
  { path: paths.clusters(), load: () => import("../pages/clusters/ClustersPage"), nav: nav("clusters", "platform:cluster:read") },
  { path: paths.newCluster(), load: () => import("../pages/clusters/NewClusterPage") },
  { path: paths.cluster("$id"), load: () => import("../pages/clusters/ClusterPage") },
  { path: paths.templates(), load: () => import("../pages/templates/TemplatesPage"), nav: nav("templates", "platform:template:manage") },
  { path: paths.newTemplate(), load: () => import("../pages/templates/NewTemplatePage") },
  { path: paths.template("$id"), load: () => import("../pages/templates/TemplatePage") },
  { path: paths.sizes(), load: () => import("../pages/instance-sizes/SizesPage"), nav: nav("instanceSizes", "platform:instance_size:manage") },
  { path: paths.newSize(), load: () => import("../pages/instance-sizes/NewSizePage") },
  { path: paths.size("$id"), load: () => import("../pages/instance-sizes/SizePage") },
  { path: paths.namespaces(), load: () => import("../pages/namespaces/NamespacesPage"), nav: nav("namespaces", "governance:namespace:read") },
  { path: paths.systems(), load: () => import("../pages/systems/SystemsPage"), nav: nav("systems", "governance:system:read") },
  { path: paths.system("$id"), load: () => import("../pages/systems/SystemPage") },
  { path: paths.people(), load: () => import("../pages/people/PeoplePage"), nav: nav("people", "identity:user:read") },
  { path: paths.newPerson(), load: () => import("../pages/people/NewPersonPage") },
  { path: paths.person("$id"), load: () => import("../pages/people/PersonPage") },
  { path: paths.audit(), load: () => import("../pages/audit/AuditPage"), nav: nav("audit", "audit:log:read") },
  { path: paths.health(), load: () => import("../pages/health/HealthPage"), nav: work("health") },
  { path: paths.stuck(), load: () => import("../pages/stuck/StuckPage"), nav: work("stuck", "workflow:execution:read") },
];
