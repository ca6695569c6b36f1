import { playServer, refusal } from "../testing/server";
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sampleOf } from "../testing/contract";
import { ADA } from "../testing/people";
import "../testing/open";

beforeEach(() => {
  vi.resetModules();
  window.history.replaceState(null, "", "/no/such/page");
});
afterEach(() => {
  cleanup();
  window.history.replaceState(null, "", "/");
});

async function openConsole(): Promise<void> {
  const { App } = await import("./App");
  render(<App />);
  await screen.findByRole("heading", { name: "Nothing is here" });
}

test("an address of no page is told within the frame to whoever is signed in", async () => {
  playServer((call) =>
    call.path === "/api/v1/auth/me" ? { status: 200, body: ADA } : sampleOf(call, { items: 0, text: (name) => name, optional: false }),
  );
  await openConsole();
  expect(screen.getByRole("banner")).toBeTruthy();
  expect(screen.getByRole("navigation", { name: "Main navigation", hidden: true })).toBeTruthy();
});

test("an address of no page stays where it is for whoever is not", async () => {
  playServer(() => refusal(401, "UNAUTHENTICATED"));
  await openConsole();
  expect(screen.queryByRole("banner")).toBeNull();
  expect(window.location.pathname).toBe("/no/such/page");
});
