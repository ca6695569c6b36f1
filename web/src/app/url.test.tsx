import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { useUrl, type Changes } from "./url";

afterEach(cleanup);

window.scrollTo = () => undefined;

let change: (changes: Changes, how?: { push?: boolean }) => void = () => undefined;

function Shown() {
  const [values, set] = useUrl();
  change = set;
  return <output>{JSON.stringify(values)}</output>;
}

async function at(address: string) {
  const root = createRootRoute();
  const page = createRoute({ getParentRoute: () => root, path: "/list", component: Shown });
  const history = createMemoryHistory({ initialEntries: ["/", address] });
  const router = createRouter({ routeTree: root.addChildren([page]), history });
  await act(async () => {
    render(<RouterProvider router={router} />);
    await router.load();
  });
  return history;
}

const shown = () => JSON.parse(screen.getByRole("status").textContent) as unknown;

test("the address holds the state, and what is empty is not in it", async () => {
  const history = await at("/list?q=a%20b&page=2");
  expect(shown()).toEqual({ q: "a b", page: "2" });
  await act(async () => {
    change({ page: undefined, q: "x&y=<b>", state: "" });
    await Promise.resolve();
  });
  expect(shown()).toEqual({ q: "x&y=<b>" });
  expect(history.location.search).toBe("?q=x%26y%3D%3Cb%3E");
});

test("filters replace the address, and what is pushed can be gone back from", async () => {
  const history = await at("/list");
  const before = history.length;
  await act(async () => {
    change({ q: "a" });
    await Promise.resolve();
  });
  expect(history.length).toBe(before);
  await act(async () => {
    change({ page: "2" }, { push: true });
    await Promise.resolve();
  });
  expect(history.length).toBe(before + 1);
});
