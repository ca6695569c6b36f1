import { describe, expect, it } from "vitest";
import type { Schemas } from "../../api/client";
import { chosenOf, diskFits, promised, type Offer } from "./offer";
import { draftLike } from "./prefill";

const AT = "2026-01-01T00:00:00Z";
const MADE = { created_by: "somebody", created_at: AT, updated_at: AT };
const SIZE: Schemas["InstanceSize"] = {
  ...MADE,
  id: "medium",
  name: "medium",
  display_name: "Medium",
  description: "",
  enabled: true,
  sort_order: 1,
  cpu_cores: 2,
  memory_mib: 4096,
  disk: { default_gib: 20, min_gib: 10, max_gib: 100 },
  dedicated_cpu: false,
  gpus: [],
  sriov: [],
};
const TEMPLATE: Schemas["Template"] = {
  ...MADE,
  id: "debian-2",
  name: "debian",
  version: 2,
  status: "active",
  display_name: "Debian 13",
  description: "",
  os_family: "linux",
  os_version: "13",
  boot_source: { kind: "container_disk", image: "registry.example.org/image:1" },
};
const OFFER: Offer = { templates: [TEMPLATE], sizes: [SIZE], namespaces: [], systems: [], services: [] };
const DRAFT = { system: "", service: "", namespace: "", template: "", size: "medium", disk: null, reason: "" };

function ticket(changes: object): Schemas["TicketDetail"] {
  return {
    id: "t",
    system_id: "shop",
    service_id: "web",
    namespace_id: "team",
    template_id: "debian-1",
    instance_size_id: "medium",
    disk_gib: 30,
    reason: "more of it",
    names: { template: "debian" },
    ...changes,
  } as Schemas["TicketDetail"];
}

describe("what is promised", () => {
  const disk = (changes: object) => promised(chosenOf({ ...DRAFT, ...changes }, OFFER))?.disk_gib;
  it("is only what would be accepted", () => {
    expect([disk({}), disk({ disk: "55" })]).toEqual([20, 55]);
    expect(["999", "9", "1.5", "many", "", " ", "5e1", "0x14"].map((typed) => disk({ disk: typed }))).toEqual(Array(8).fill(undefined));
  });
  it("has no disk where the template starts from a container image", () => {
    expect(disk({ template: TEMPLATE.id, disk: "55" })).toBeUndefined();
    expect(chosenOf({ ...DRAFT, template: TEMPLATE.id }, OFFER).disk).toBeUndefined();
  });
});

describe("the disk", () => {
  it("is the size's default until somebody says otherwise", () => {
    expect(chosenOf(DRAFT, OFFER).disk).toBe(20);
    expect(chosenOf({ ...DRAFT, disk: "55" }, OFFER).disk).toBe(55);
  });
  it("must be a whole number inside the size's bounds", () => {
    const fits = [10, 55, 100].map((disk) => diskFits(disk, SIZE));
    const not = [9, 101, 10.5, Number.NaN, undefined].map((disk) => diskFits(disk, SIZE));
    expect([fits, not]).toEqual([[true, true, true], [false, false, false, false, false]]);
  });
});

describe("a request like an earlier one", () => {
  it("takes the version that followed the template", () => {
    expect(draftLike(ticket({}), OFFER)).toMatchObject({ template: "debian-2", system: "shop", disk: "30", reason: "more of it" });
  });
  it("leaves out what is no longer offered", () => {
    const draft = draftLike(ticket({ names: { template: "gone" }, instance_size_id: "gone" }), OFFER);
    const { template, size } = chosenOf(draft, OFFER);
    expect([draft.template, template, size]).toEqual(["", undefined, undefined]);
  });
});
