import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pages, settle, windows } from "../pages.mjs";
import { fill } from "../screenshots/fill.mjs";
import { setUp } from "../screenshots/people.mjs";
import { empty, faulty, more } from "../screenshots/states.mjs";

const WIDTHS = [1440, 1024];
const HEIGHT = 900;
/** Longest page that is shown whole. */
const HIGHEST = 6000;

/** Pictures of every page in both widths, themes and languages; `names` picks some of them. */
export async function journey({ world: given, open, names }) {
  const world = { ...given, people: { admin: "ada", requester: "rita", approver: "anton" } };
  const take = camera(world, open, names);
  if (!existsSync(world.notes)) {
    await take([["fresh-set-up", "/set-up", null]]);
    await setUp(world);
    await take(empty(world));
    writeFileSync(world.notes, JSON.stringify(await fill(world)));
  }
  const ids = JSON.parse(readFileSync(world.notes, "utf8"));
  const found = {
    ...world,
    cluster: ids.clusters["berlin-1"],
    template: ids.templates["ubuntu-24-04"],
    instance_size: ids.sizes["database-pinned"],
    system: ids.systems.payments,
  };
  await take([...pages(found, ids), ...more(found, ids), ...faulty(ids)]);
}

/** Takes the pictures of a list of pages and says which. */
function camera(world, open, names) {
  return async (all) => {
    const list = all.filter(([name]) => names.length === 0 || names.includes(name));
    const opened = await windows({ world, open, list, options: { reducedMotion: "reduce", away: true } });
    for (const [index, [name, path, person, prepare]] of list.entries()) {
      const page = opened.get(person);
      await page.unrouteAll();
      for (const language of ["en", "zh-CN"]) {
        await page.evaluate((value) => localStorage.setItem("shepherd.language", value), language);
        await page.setViewportSize({ width: 1440, height: HEIGHT });
        if (prepare?.before) await prepare.before(page);
        await settle(page, path);
        if (prepare?.after) await prepare.after(page);
        for (const width of WIDTHS) await shoot(page, join(world.out, `${name}.${width}`), width, language);
      }
      console.error(`${index + 1} of ${list.length}: ${name}`);
    }
    for (const page of opened.values()) await page.context().close();
  };
}

/** Shows the page whole, in both themes. */
async function shoot(page, file, width, language) {
  await page.setViewportSize({ width, height: HEIGHT });
  const height = await page.evaluate(() => {
    const hidden = [...document.querySelectorAll("*")].filter((each) => each.matches("main, .pf-v6-c-page__main-container, html"));
    return window.innerHeight + Math.max(...hidden.map(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight));
  });
  await page.setViewportSize({ width, height: Math.min(height, HIGHEST) });
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${file}.${colorScheme}.${language}.png`, scale: "css" });
  }
}
