import type { ComponentType } from "react";
import { paths } from "../paths";
import { adminPages } from "./adminPages";
import type { shellText } from "./shellText";

/** Where a page stands in the navigation. */
export interface NavEntry {
  group: "requests" | "machines" | "administration" | "operations";
  label: keyof (typeof shellText)["en"];
  /** Shown to people who hold any of these permissions; to everybody when empty. */
  permissions: readonly string[];
}

/** A page behind sign-in: its path, the module that holds it as `Page`, its place in the navigation. */
export interface PageEntry {
  path: string;
  load: () => Promise<{ Page: ComponentType }>;
  nav?: NavEntry;
}

/** Every page, in the order of the navigation. A new page is one entry here. */
export const pages: readonly PageEntry[] = [
  {
    path: paths.home(),
    load: () => import("../pages/home/HomePage"),
    nav: { group: "requests", label: "home", permissions: [] },
  },
  {
    path: paths.myRequests(),
    load: () => import("../pages/my-requests/MyRequestsPage"),
    nav: { group: "requests", label: "myRequests", permissions: ["compute:vm:create"] },
  },
  {
    path: paths.newRequest(),
    load: () => import("../pages/new-request/NewRequestPage"),
    nav: { group: "requests", label: "newRequest", permissions: ["compute:vm:create"] },
  },
  {
    path: paths.vms(),
    load: () => import("../pages/vms/VmsPage"),
    nav: { group: "machines", label: "vms", permissions: ["compute:vm:read"] },
  },
  { path: paths.vm("$id"), load: () => import("../pages/vm/VmPage") },
  {
    path: paths.catalogue(),
    load: () => import("../pages/catalogue/CataloguePage"),
    nav: { group: "machines", label: "catalogue", permissions: ["platform:template:read", "platform:instance_size:read"] },
  },
  {
    path: paths.inbox(),
    load: () => import("../pages/inbox/InboxPage"),
    nav: { group: "requests", label: "toDecide", permissions: ["governance:approval:decide", "governance:ticket:read"] },
  },
  { path: paths.request("$id"), load: () => import("../pages/request/RequestPage") },
  { path: paths.run("$id"), load: () => import("../pages/run/RunPage") },
  { path: paths.sessions(), load: () => import("../pages/sessions/SessionsPage") },
  ...adminPages,
];
