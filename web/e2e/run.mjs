// Runs one journey: `node e2e/run.mjs NAME [WORD…]`. What there is, is in SHEPHERD_E2E as JSON; see tests/it/console.
import { launch } from "./browser.mjs";

const [name, ...words] = process.argv.slice(2);
if (!name) throw new Error("which journey?");
const { journey } = await import(`./journeys/${name}.mjs`);
const world = JSON.parse(process.env["SHEPHERD_E2E"] ?? "{}");
const browser = await launch();
try {
  await journey({ world, words, open: (options = {}) => browser.open({ url: world.url, ...options }) });
  if (browser.faults.length > 0) throw new Error(`faults in the browser:\n${browser.faults.join("\n")}`);
} catch (error) {
  await browser.keep(name);
  console.error(error.stack ?? error);
  if (browser.faults.length > 0) console.error(browser.faults.join("\n"));
  process.exitCode = 1;
} finally {
  await browser.close();
}
