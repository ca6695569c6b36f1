import { expect, test } from "vitest";
import { nameFault } from "./nameFault";

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
