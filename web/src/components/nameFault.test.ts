import { expect, test } from "vitest";
import { labelFault, nameFault } from "./nameFault";

test("a name that the rule allows has no fault", () => {
  expect(["", "a", "shop", "shop-2", "abcdefghijklmno"].map(nameFault)).toEqual(Array(5).fill(undefined));
});

test("what is wrong is named with its part", () => {
  expect(nameFault("Shop")).toEqual({ why: "upper", wrong: "S" });
  expect(nameFault("shöp_x_")).toEqual({ why: "characters", wrong: "ö _" });
  expect(nameFault("my shop")).toEqual({ why: "space" });
  expect(nameFault("2shop")).toEqual({ why: "begin", wrong: "2" });
  expect(nameFault("-shop")).toEqual({ why: "begin", wrong: "-" });
  expect(nameFault("sh--op")).toEqual({ why: "hyphens" });
  expect(nameFault("shop-")).toEqual({ why: "end" });
  expect(nameFault("abcdefghijklmnop")).toEqual({ why: "length", length: 16 });
});

test("the name of a cluster, template or size may be longer and begin with a digit", () => {
  expect(["", "9", "rhel-9", "a--b", "a".repeat(63)].map(labelFault)).toEqual(Array(5).fill(undefined));
  expect(labelFault("RHEL-9")).toEqual({ why: "upper", wrong: "R H E L" });
  expect(labelFault(" rhel")).toEqual({ why: "space" });
  expect(labelFault("rhel_9")).toEqual({ why: "characters", wrong: "_" });
  expect(labelFault("-rhel")).toEqual({ why: "edge" });
  expect(labelFault("rhel-")).toEqual({ why: "end" });
  expect(labelFault("a".repeat(64))).toEqual({ why: "length", length: 64 });
});
