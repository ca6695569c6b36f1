import { playServer } from "../testing/server";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { lazy, useState } from "react";
import { afterEach, expect, test, vi } from "vitest";
import { openPage } from "../testing/open";
import { ADA } from "../testing/people";
import { code } from "./code";
import { OnDemand, useMissingPart } from "./OnDemand";

afterEach(() => {
  cleanup();
  document.head.innerHTML = "";
  sessionStorage.clear();
});

const GONE = () => Promise.reject(new TypeError("Failed to fetch dynamically imported module: /assets/a-1.js"));
const page = (entry: string) => `<script type="module" crossorigin src="/assets/${entry}"></script>`;

/** This console is of the first release; the server hands out what `now` says. */
function installed(now: string | null): void {
  document.head.innerHTML = page("index-1.js");
  playServer(({ path }) => {
    if (path !== "/") throw new Error(`asked for ${path}`);
    if (now === null) throw new TypeError("nobody answers");
    return { status: 200, page: page(now) };
  });
}

test.each([
  ["a newer version", "index-2.js", "A newer version was installed"],
  ["the same version", "index-1.js", "This page could not be shown"],
  ["nobody", null, "The server does not answer"],
])("a page whose code is gone says so when %s answers, and reloads only when asked", async (_, now, title) => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  installed(now);
  openPage({ path: "/gone", load: GONE }, "/gone", ADA);
  expect((await screen.findByRole("heading", { level: 1 })).textContent).toContain(title);
  expect(screen.getByRole("button", { name: "Reload" })).toBeTruthy();
  // The router notes its own reloads here.
  expect(Object.keys(sessionStorage)).toEqual([]);
});

const Part = lazy(() => code(GONE).then((): { default: () => null } => ({ default: () => null })));

function Form() {
  const why = useMissingPart();
  const [open, setOpen] = useState(false);
  return (
    <form>
      <output>{why}</output>
      <input aria-label="Reason" />
      {open && (
        <OnDemand fallback={<span>menu</span>}>
          <Part />
        </OnDemand>
      )}
      <button type="button" onClick={() => setOpen(true)}>
        Open
      </button>
    </form>
  );
}

test("a part whose code is gone leaves the page and what was typed as they are", async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  installed("index-2.js");
  render(<Form />);
  await userEvent.type(screen.getByRole("textbox"), "because");
  await userEvent.click(screen.getByRole("button"));
  expect(await screen.findByText("upgraded")).toBeTruthy();
  expect(screen.getByText("menu")).toBeTruthy();
  expect(screen.getByRole<HTMLInputElement>("textbox").value).toBe("because");
});

test("other errors of a part are not taken for a missing one", async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  installed("index-2.js");
  const Broken = () => {
    throw new Error("a mistake of ours");
  };
  openPage({ path: "/part", load: () => Promise.resolve({ Page: () => <OnDemand fallback={null}><Broken /></OnDemand> }) }, "/part", ADA);
  expect(await screen.findByText("This page could not be shown")).toBeTruthy();
});
