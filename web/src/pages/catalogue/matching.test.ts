import { describe, expect, it } from "vitest";
import type { Schemas } from "../../api/client";
import { inOrder, matches, successorOf, templateMatches } from "./matching";

function template(name: string, version: number, status: string): Schemas["Template"] {
  return {
    id: `${name}-${version}`,
    name,
    version,
    status,
    display_name: `${name} ${version}`,
    description: "Patched monthly",
    os_family: "linux",
    os_version: String(version),
    boot_source: { kind: "container_disk", image: "registry.example.org/image:1" },
    created_by: "somebody",
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-01T00:00:00Z",
  };
}

const OLD = template("debian", 1, "deprecated");
const NEW = template("debian", 2, "active");
const NEWEST = template("debian", 3, "active");
const DRAFT = template("debian", 4, "draft");
const OTHER = template("ubuntu", 9, "active");

describe("what follows a template", () => {
  it("is the newest active version of its name", () => {
    expect(successorOf(OLD, [OTHER, NEW, OLD, NEWEST, DRAFT])).toBe(NEWEST);
  });
  it("is nothing when no newer one is active", () => {
    expect(successorOf(OLD, [OLD, DRAFT, OTHER])).toBeUndefined();
    expect(successorOf(NEWEST, [NEW, NEWEST])).toBeUndefined();
  });
});

describe("the catalogue", () => {
  it("shows what can be asked for first and no drafts", () => {
    expect(inOrder([OLD, DRAFT, OTHER, NEW])).toEqual([NEW, OTHER, OLD]);
  });
  it("finds every word in any order and any case", () => {
    expect(templateMatches("MONTHLY debian", NEW)).toBe(true);
    expect(templateMatches("debian windows", NEW)).toBe(false);
    expect(matches("", ["anything"])).toBe(true);
  });
});
