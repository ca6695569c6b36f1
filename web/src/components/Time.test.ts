import { expect, test } from "vitest";
import { absolute, relative, span } from "./Time";

const NOW = Date.UTC(2026, 10, 21, 12, 0, 0);
const at = (distance: number) => new Date(NOW + distance).toISOString();

test("a moment is told in the largest unit that fits", () => {
  expect(relative("en", at(-3 * 3_600_000 - 59_000), NOW)).toBe("3 hours ago");
  expect(relative("en", at(26 * 3_600_000), NOW)).toBe("tomorrow");
  expect(relative("zh-CN", at(-5 * 60_000), NOW)).toBe("5分钟前");
  expect(relative("en", at(0), NOW)).toBe("now");
});

test("days are those of the calendar, months no round figures", () => {
  const evening = new Date(2026, 10, 19, 23, 17).toISOString();
  expect(relative("en", evening, new Date(2026, 10, 21, 20, 0).getTime())).toBe("2 days ago");
  expect(relative("en", evening, new Date(2026, 10, 20, 23, 30).getTime())).toBe("yesterday");
  expect(relative("en", evening, new Date(2026, 10, 20, 9, 0).getTime())).toBe("9 hours ago");
  expect(relative("en", evening, new Date(2027, 0, 15, 9, 0).getTime())).toBe("1 month ago");
});

test("a span has its two largest units and never less than nothing", () => {
  expect(span("en", (2 * 24 + 3) * 3_600_000 + 5_000)).toBe("2d 3h");
  expect(span("en", 3_600_000)).toBe("1h");
  expect(span("en", 61_000)).toBe("1m 1s");
  expect(span("en", -5)).toBe("0s");
});

test("a moment in full carries its zone", () => {
  expect(absolute("en", at(0))).toMatch(/2026.*(?:UTC|GMT|[A-Z]{2,4})/);
});
