import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fill } from "../data.mjs";
import { pages, settle, windows } from "../pages.mjs";

/** Every page, 1440 and 1024 wide, light and dark, in both languages, into the folder SHEPHERD_SCREENSHOTS. */
export async function journey({ world, open }) {
  const folder = process.env["SHEPHERD_SCREENSHOTS"];
  if (!folder) throw new Error("SHEPHERD_SCREENSHOTS names no folder");
  mkdirSync(folder, { recursive: true });
  const ids = await fill(world);
  const list = pages(world, ids);
  const opened = await windows({ world, open, list });
  for (const [name, path, person] of list) {
    const page = opened.get(person);
    for (const language of ["en", "zh-CN"]) {
      for (const theme of ["light", "dark"]) {
        await page.evaluate(([tongue, look]) => {
          localStorage.setItem("shepherd.language", tongue);
          localStorage.setItem("shepherd.theme", look);
        }, [language, theme]);
        await page.setViewportSize({ width: 1440, height: 900 });
        await settle(page, path);
        for (const width of [1440, 1024]) {
          await page.setViewportSize({ width, height: width === 1440 ? 900 : 768 });
          await page.screenshot({ path: join(folder, `${name}-${width}-${theme}-${language}.png`), animations: "disabled" });
        }
      }
    }
  }
}
