import { expect, test } from "vitest";
import { EMPTY, overrides, pairs, sent } from "./draft";

test("devices are read line by line", () => {
  expect(pairs("gpu1  nvidia.com/A10\n\n net1 default/fast ")).toEqual({ pairs: [["gpu1", "nvidia.com/A10"], ["net1", "default/fast"]] });
  expect(pairs("gpu1 a\nnonsense").bad).toBe(2);
});

test("overrides are an object or are told why not", () => {
  expect(overrides(" ")).toEqual({ value: {} });
  expect(overrides("[1]")).toEqual({ shape: true });
  expect(overrides("{")).toHaveProperty("detail");
});

test("nothing is sent while something cannot be read; empty requests are taken away", () => {
  expect(sent({ ...EMPTY, cpu_cores: "two" })).toBeUndefined();
  expect(sent({ ...EMPTY, spec_overrides: "{" })).toBeUndefined();
  expect(sent(EMPTY)).toMatchObject({ cpu_request_millis: null, memory_request_mib: null, hugepages: null, spec_overrides: {} });
});
