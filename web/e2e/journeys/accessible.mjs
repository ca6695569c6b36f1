import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fill } from "../data.mjs";
import { outOfView } from "../fits.mjs";
import { pages, settle, windows } from "../pages.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/** 1024 pixels, and 1280 at 200 %. */
const WIDTHS = [1024, 640];

/** Every page in both themes: nothing that WCAG 2.2 AA forbids, no scrolling sideways, still for those who ask for it; and what is needed to decide is in view. */
export async function journey({ world, open }) {
  const ids = await fill(world);
  const list = pages(world, ids).filter(([name]) => !process.env["SHEPHERD_E2E_PAGES"] || process.env["SHEPHERD_E2E_PAGES"].split(",").includes(name));
  const found = [];
  const opened = await windows({ world, open, list, options: { reducedMotion: "reduce" } });
  for (const [name, path, person] of list) {
    const page = opened.get(person);
    await page.setViewportSize({ width: 1440, height: 900 });
    // An empty window has no storage.
    if (page.url() === "about:blank") await page.goto(path);
    for (const theme of ["light", "dark"]) {
      await page.evaluate((value) => localStorage.setItem("shepherd.theme", value), theme);
      await settle(page, path).catch((error) => found.push(`${name}: ${String(error).split("\n")[0]}`));
      for (const { id, help, nodes } of await violations(page)) {
        for (const { target, failureSummary } of nodes.slice(0, 4)) {
          found.push(`${name} (${theme}): ${id}: ${help}: ${target.join(" ")}: ${failureSummary.replaceAll(/\s+/g, " ").slice(0, 180)}`);
        }
      }
    }
    if (await page.evaluate(moves)) found.push(`${name}: something moves although motion is not wanted`);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      const wide = await page.evaluate(widest);
      if (wide) found.push(`${name}: ${width} pixels are too few for ${wide}`);
    }
  }
  found.push(...(await outOfView(opened.get(world.people.approver), ids)));
  if (found.length > 0) throw new Error(`${found.length} violations:\n${found.join("\n")}`);
}

/** What axe finds; the policy forbids scripts in the page, so it is run by the browser's debugger. */
async function violations(page) {
  await page.evaluate(AXE);
  return page.evaluate(async (values) => {
    const { violations: all } = await window.axe.run(document, { runOnly: { type: "tag", values } });
    return all.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ target, failureSummary }) => ({ target, failureSummary })) }));
  }, RULES);
}

/** Whether an animation lasts long enough to be seen. */
function moves() {
  return document.getAnimations().some(({ effect }) => Number(effect?.getComputedTiming().activeDuration) > 50);
}

/** What makes the page scroll sideways, or nothing. */
function widest() {
  const width = document.documentElement.clientWidth;
  const scrollers = [document.documentElement, ...document.querySelectorAll("main, .pf-v6-c-page__main-container")];
  if (scrollers.every(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth + 1)) return null;
  const far = [...document.querySelectorAll("main *")].filter((each) => each.getBoundingClientRect().right > width + 1);
  const inner = far.at(-1) ?? document.body;
  return `<${inner.tagName.toLowerCase()} class="${inner.className}"> ${inner.textContent?.slice(0, 40)}`;
}
