import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useSettledWidths } from "./widths";

let look: () => void = () => undefined;

beforeEach(() => {
  Object.defineProperty(document, "fonts", { configurable: true, value: { ready: Promise.resolve() } });
  vi.stubGlobal(
    "ResizeObserver",
    class {
      constructor(seen: () => void) {
        look = seen;
      }
      observe() {
        look();
      }
      disconnect() {
        look = () => undefined;
      }
    },
  );
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

/** A table whose columns are as wide as the browser would lay them out in the room given. */
function tableOf(columns: (room: number) => readonly number[]) {
  const around = document.createElement("div");
  around.innerHTML = "<table><thead><tr><th></th><th></th></tr></thead></table>";
  let room = 1_000;
  Object.defineProperty(around, "clientWidth", { get: () => room });
  [...around.querySelectorAll("th")].forEach((cell, index) => {
    cell.getBoundingClientRect = () => ({ width: columns(room)[index] ?? 0 }) as DOMRect;
  });
  const resize = async (to: number) => {
    room = to;
    await act(() => {
      look();
      return Promise.resolve();
    });
  };
  return { table: { current: around.querySelector("table") }, resize };
}

test("columns of a long list are measured anew when there is less room", async () => {
  const { table, resize } = tableOf((room) => [room - 200, 200]);
  const { result } = renderHook(() => useSettledWidths(table, 100));
  await act(() => Promise.resolve());
  expect(result.current).toEqual([80, 20]);
  await resize(500);
  expect(result.current).toEqual([60, 40]);
});

test("a short list is left to the browser", async () => {
  const { table } = tableOf((room) => [room - 200, 200]);
  const { result } = renderHook(() => useSettledWidths(table, 60));
  await act(() => Promise.resolve());
  expect(result.current).toBeUndefined();
});
