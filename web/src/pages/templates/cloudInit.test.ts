import { expect, test } from "vitest";
import { cloudInitFaults, refusedFault } from "./cloudInit";

test("a document that the rules allow has no fault", () => {
  expect(["", "  \n", "#cloud-config", "#cloud-config\n", "#cloud-config\npackages:\n  - jq\n"].flatMap(cloudInitFaults)).toEqual([]);
});

test("every fault is told at once, with its line", () => {
  expect(cloudInitFaults("packages:\n  - jq\npackages: []\nusers: [a\n")).toEqual([
    { rule: "header", line: 1 },
    { rule: "duplicate_key", line: 3, column: 1 },
    expect.objectContaining({ rule: "yaml", line: 5 }),
  ]);
});

test.each([
  ["#cloud-config\nruncmd:\n\t- ls\n", "tab", 3],
  ["#cloud-config\na: 1\n---\nb: 2\n", "several_documents", 3],
  ["#cloud-config\n- a\n", "not_a_mapping", undefined],
  [`#cloud-config\na: ${"ä".repeat(1100)}\n`, "too_long", undefined],
])("%j breaks the rule %s", (text, rule, line) => {
  expect(cloudInitFaults(text)).toEqual([expect.objectContaining({ rule, ...(line === undefined ? {} : { line }) })]);
});

test("the place that the server names is read", () => {
  expect(refusedFault({ rule: "alias", detail: "3:7", maximum: 2048 })).toEqual({ rule: "alias", line: 3, column: 7 });
  expect(refusedFault({ rule: "header", detail: null })).toEqual({ rule: "header", line: undefined, column: undefined });
});
