import type { operations } from "../../api/generated/schema";

/** Tabs of the inbox. */
export const TABS = ["decide", "decided", "all"] as const;
/** A tab of the inbox. */
export type Tab = (typeof TABS)[number];

/** States that a person's decision leads to. */
const DECIDED = "APPROVED,EXECUTING,SUCCESS,FAILED,REJECTED";
/** Every state, in the order of a ticket's life. */
export const STATES = ["PENDING", "APPROVED", "EXECUTING", "SUCCESS", "FAILED", "REJECTED", "CANCELLED", "EXPIRED"] as const;
/** Search parameters that narrow the list. */
export const FILTERS = ["q", "system_id", "service_id", "namespace_id", "requester_id", "state"] as const;

/** Query of the list of tickets. */
export type Query = NonNullable<operations["tickets_list"]["parameters"]["query"]>;
type Url = Readonly<Record<string, string | undefined>>;

/** The tab that the address names. */
export function tabOf(url: Url, decides: boolean): Tab {
  return TABS.find((tab) => tab === url["tab"]) ?? (decides ? "decide" : "all");
}

/** What the address asks the server for. */
export function queryOf(url: Url, tab: Tab): Query {
  const query: Record<string, string | boolean | number> = {};
  if (tab === "decide") Object.assign(query, { decidable: true, state: "PENDING", sort: "deadline_at" });
  else query["sort"] = "-created_at";
  if (tab === "decided") query["state"] = DECIDED;
  for (const name of FILTERS) {
    const value = url[name];
    if (value && (name !== "state" || tab === "all")) query[name] = value;
  }
  return query;
}

/** The same call as a path, for curl. */
export function pathOf(query: Query): string {
  const text = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  return `/api/v1/tickets?${text.toString()}`;
}
