import { playServer, refusal, type Call } from "../testing/server";
import { cleanup, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, test } from "vitest";
import { idOf, sampleOf, type Filling } from "../testing/contract";
import { openPage } from "../testing/open";
import { ADA } from "../testing/people";
import { pages, type PageEntry } from "./pages";

interface About {
  /** Said when there is nothing. */
  empty?: RegExp;
  /** Whether it is a list, which is shown with many rows: of which those in view are drawn, or all of them. */
  rows?: "in view" | "all";
  /** Whether it can be shown without reading anything. */
  still?: boolean;
}

/** What is particular about each page; its address is the key, with `$id` filled in. */
const ABOUT: Readonly<Record<string, About>> = {
  "/": { empty: /No unread notifications/ },
  "/requests": { empty: /Nothing waits for you/, rows: "in view" },
  "/requests/mine": { empty: /You have not asked for anything yet/, rows: "in view" },
  "/requests/new": { empty: /Requests cannot be made yet/ },
  "/requests/$id": {},
  "/requests/$id/run": {},
  "/vms": { empty: /No virtual machines/, rows: "in view" },
  "/vms/$id": {},
  "/catalogue": { empty: /No templates/, rows: "in view" },
  "/sessions": { empty: /No sessions/, rows: "in view" },
  "/admin/clusters": { empty: /No cluster is registered yet/, rows: "in view" },
  "/admin/clusters/new": { still: true },
  "/admin/clusters/$id": {},
  "/admin/templates": { empty: /No template yet/, rows: "in view" },
  "/admin/templates/new": { still: true },
  "/admin/templates/$id": {},
  "/admin/instance-sizes": { empty: /No instance size yet/, rows: "in view" },
  "/admin/instance-sizes/new": { still: true },
  "/admin/instance-sizes/$id": {},
  "/admin/namespaces": { empty: /No namespace yet/, rows: "in view" },
  "/admin/systems": { empty: /No System yet/, rows: "in view" },
  "/admin/systems/$id": { empty: /No Service yet/ },
  "/admin/people": { empty: /Nobody yet/, rows: "in view" },
  "/admin/people/new": { still: true },
  "/admin/people/$id": {},
  "/admin/audit": { empty: /Nothing is recorded yet/, rows: "in view" },
  "/operations/health": { empty: /Nothing is watched/, rows: "in view" },
  "/operations/stuck": { empty: /Nothing is stuck/, rows: "all" },
};

const HTML = `<img src=x onerror="window.broken = true"><script>window.broken = true</script>`;
/** Markup, a writing from the right with its marks, an emoji of several parts, and no place to break, 253 characters long. */
const LONG = `${HTML} \u202Eסיבה 👩🏽‍💻 قصة `.padEnd(253, "x");
const ROWS = 500;
/** Milliseconds for so many rows where others compute, too. */
const PATIENCE = 240_000;
/** Says all that a list has to say when it cannot be read: no filter, no button but the one that tries again. */
function onlyTheMessage(): void {
  expect(document.querySelector(".pf-v6-c-toolbar")).toBeNull();
  const buttons = [...document.querySelectorAll("button, a[download]")].map(({ textContent }) => textContent);
  expect(buttons.filter((words) => words !== "Try again")).toEqual([]);
}

/** What no page says, whatever it was given. */
const SLIPS = /.{0,40}(?:\bundefined\b|\bNaN\b|\[object |Invalid Date|could not be shown).{0,40}/;

afterEach(() => {
  cleanup();
  localStorage.clear();
  sessionStorage.clear();
});

const sample = (filling: Partial<Filling>) => (call: Call) =>
  sampleOf(call, { items: 1, text: (name) => `the ${name}`, optional: false, ...filling });

async function open(entry: PageEntry): Promise<string> {
  const { container } = openPage(entry, entry.path.replace("$id", idOf(1)), ADA);
  await screen.findByRole("heading", { level: 1 });
  await waitFor(() => expect(container.querySelector(".pf-v6-c-skeleton")).toBeNull());
  const said = container.textContent;
  expect(SLIPS.exec(said)?.[0]).toBeUndefined();
  return said;
}

test("every page is looked at", () => {
  expect(Object.keys(ABOUT).sort()).toEqual(pages.map(({ path }) => path).sort());
});

describe.each(pages.map((entry) => [entry.path, entry, ABOUT[entry.path] ?? {}] as const))("%s", (_, entry, about) => {
  test("says so when there is nothing", async () => {
    playServer(sample({ items: 0 }));
    await open(entry);
    if (about.empty) expect(await screen.findAllByText(about.empty)).not.toEqual([]);
  });

  if (about.still) {
    test("is there although nothing can be read", async () => {
      playServer(() => refusal(500, "INTERNAL_ERROR"));
      await open(entry);
      expect(screen.queryByText(/reference-1/)).toBeNull();
    });
  } else {
    test("tells an error with its reference", async () => {
      playServer(() => refusal(500, "INTERNAL_ERROR"));
      openPage(entry, entry.path.replace("$id", idOf(1)), ADA);
      expect(await screen.findAllByText(/reference-1/)).not.toEqual([]);
      if (about.rows) onlyTheMessage();
    });

    test("names the permission that is missing", async () => {
      playServer((call) => (call.path === "/api/v1/roles" ? sample({})(call) : refusal(403, "PERMISSION_DENIED", { permission: "some:thing:read" })));
      openPage(entry, entry.path.replace("$id", idOf(1)), ADA);
      expect(await screen.findAllByText(/some:thing:read/)).not.toEqual([]);
      if (about.rows) onlyTheMessage();
    });
  }

  test("shows what is long, and markup as text", async () => {
    playServer(sample({ items: about.rows ? ROWS : 3, text: () => LONG, optional: true }));
    const said = await open(entry);
    expect(document.querySelector("img[src=x], script")).toBeNull();
    expect("broken" in window).toBe(false);
    if (!about.still) expect(said).toContain(HTML);
    if (about.rows === "all") expect(screen.getAllByRole("row", { hidden: true }).length).toBeGreaterThan(ROWS);
    if (about.rows === "in view") {
      const counts = screen.getAllByRole("table", { hidden: true }).map((table) => table.getAttribute("aria-rowcount"));
      expect(counts).toContain(String(ROWS + 1));
    }
  }, PATIENCE);
});
