import { expect, test } from "vitest";
import { changes } from "./Changes";

test("only what differs is shown", () => {
  const details = { before: { name: "a", enabled: true }, after: { name: "a", enabled: false, note: "x" } };
  expect(changes(details)).toEqual([
    { field: "enabled", before: true, after: false },
    { field: "note", before: undefined, after: "x" },
  ]);
});

test("what was made or is gone is shown whole", () => {
  expect(changes({ after: { name: "a" } })).toEqual([{ field: "name", before: undefined, after: "a" }]);
  expect(changes({ before: { name: "a" } })).toEqual([{ field: "name", before: "a", after: undefined }]);
});

test("plain values and records without changes", () => {
  expect(changes({ before: "UNKNOWN", after: "RUNNING" })).toEqual([{ field: "", before: "UNKNOWN", after: "RUNNING" }]);
  expect(changes({ reason: "no" })).toEqual([]);
});
