import { expect, test } from "vitest";
import { isWell, standing } from "./standing";

test.each([
  ["OK", "HEALTHY", { of: "dependency", state: "OK" }],
  ["OK", "UNKNOWN", { of: "dependency", state: "OK" }],
  ["OK", "UNHEALTHY", { of: "cluster", state: "UNHEALTHY" }],
  ["UNAVAILABLE", "UNREACHABLE", { of: "cluster", state: "UNREACHABLE" }],
  ["UNAVAILABLE", "HEALTHY", { of: "dependency", state: "UNAVAILABLE" }],
  ["UNKNOWN", "UNREACHABLE", { of: "cluster", state: "UNREACHABLE" }],
] as const)("a cluster that is %s to its watch and %s to its check", (state, status, told) => {
  const found = standing({ state }, { status });
  expect(found).toEqual(told);
  expect(isWell(found)).toBe(state === "OK" && status !== "UNHEALTHY");
});

test("what is no cluster stands as workers see it", () => {
  expect(standing({ state: "UNAVAILABLE" }, undefined)).toEqual({ of: "dependency", state: "UNAVAILABLE" });
});
