import { describe, expect, it } from "vitest";
import { keepsDisk, resourcesOf } from "./sizes";

describe("resources of a record", () => {
  it("are there when they are whole, with or without a disk", () => {
    expect(resourcesOf({ cpu_cores: 2, memory_mib: 4096, disk_gib: 20, cpu_request_millis: null })).toEqual({ cpu_cores: 2, memory_mib: 4096, disk_gib: 20 });
    expect(resourcesOf({ cpu_cores: 2, memory_mib: 4096, disk_gib: null })).toEqual({ cpu_cores: 2, memory_mib: 4096 });
  });
  it("are not there when there are none or half of them", () => {
    expect([null, undefined, {}, { cpu_cores: 2 }, { cpu_cores: "2", memory_mib: 1 }].map(resourcesOf)).toEqual(Array(5).fill(undefined));
  });
});

describe("a disk of its own", () => {
  it("is what a VM from a container image lacks", () => {
    expect(keepsDisk({ boot_source: { kind: "container_disk", image: "quay.io/x" } })).toBe(false);
    expect(keepsDisk({ boot_source: { kind: "cdi_import", url: "https://x" } })).toBe(true);
    expect(keepsDisk(undefined)).toBe(true);
  });
});
