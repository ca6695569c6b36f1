import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loaded, pages, settle, windows } from "../pages.mjs";
import { fill } from "../screenshots/fill.mjs";
import { setUp } from "../screenshots/people.mjs";
import { empty, faulty, more } from "../screenshots/states.mjs";

const WIDTHS = ["1440", "1024"];
const THEMES = ["light", "dark"];
const LANGUAGES = ["en", "zh-CN"];
const HEIGHT = 900;
/** Longest page that is shown whole. */
const HIGHEST = 6000;
/** How often the height of a page is asked for. */
const LOOKS = 10;

/** Pictures of every page in both widths, themes and languages; words, such as `inbox dark`, pick some of them. */
export async function journey({ world: given, open, words }) {
  const world = { ...given, people: { admin: "ada", requester: "rita", approver: "anton" } };
  const take = camera(world, open, words);
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
function camera(world, open, words) {
  const picked = (variants) => (variants.some((each) => words.includes(each)) ? variants.filter((each) => words.includes(each)) : variants);
  const [widths, themes, languages] = [WIDTHS, THEMES, LANGUAGES].map(picked);
  const names = words.filter((word) => ![...WIDTHS, ...THEMES, ...LANGUAGES].includes(word));
  return async (all) => {
    const list = all.filter(([name]) => names.length === 0 || names.includes(name));
    const opened = await windows({ world, open, list, options: { reducedMotion: "reduce", away: true } });
    for (const [index, [name, path, person, prepare]] of list.entries()) {
      const page = opened.get(person);
      await page.unrouteAll();
      for (const language of languages) {
        await page.evaluate((value) => localStorage.setItem("shepherd.language", value), language);
        await page.setViewportSize({ width: Number(widths[0]), height: HEIGHT });
        if (prepare?.before) await prepare.before(page);
        await settle(page, path);
        if (prepare?.after) await prepare.after(page);
        for (const width of widths) {
          await unfold(page, Number(width));
          for (const theme of themes) {
            await light(page, theme);
            const path = join(world.out, `${[name, width, theme, language].join(".")}.png`);
            await page.screenshot({ path, scale: "css", animations: "disabled" });
          }
        }
      }
      console.error(`${index + 1} of ${list.length}: ${name}`);
    }
    for (const page of opened.values()) await page.context().close();
  };
}

/** Makes the window as high as the page; what a higher window shows may be higher than what stood in its place. */
async function unfold(page, width) {
  let height = HEIGHT;
  await page.setViewportSize({ width, height });
  for (let look = 0; look < LOOKS; look++) {
    // What was loaded may have shown a part that has to be loaded.
    await loaded(page);
    const hidden = await page.evaluate(outOfSight);
    if (hidden <= 0 || height >= HIGHEST) return;
    height = Math.min(height + hidden, HIGHEST);
    await page.setViewportSize({ width, height });
  }
}

/** How many pixels of the page are below the window, once they have been the same for some frames. */
async function outOfSight() {
  const look = () =>
    Math.max(...[...document.querySelectorAll("html, main, .pf-v6-c-page__main-container")].map(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight));
  let last = look();
  for (let same = 0, frame = 0; same < 5 && frame < 60; frame++) {
    await new Promise(requestAnimationFrame);
    const now = look();
    same = now === last ? same + 1 : 0;
    last = now;
  }
  return last;
}

/** Shows the theme, with the change from the other one behind it. */
async function light(page, colorScheme) {
  await page.emulateMedia({ colorScheme });
  await page.waitForFunction((dark) => document.documentElement.classList.contains("pf-v6-theme-dark") === dark, colorScheme === "dark");
  await page.evaluate(async () => {
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
  });
}
