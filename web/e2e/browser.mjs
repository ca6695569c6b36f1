// A browser on the console, and everything that may not happen in it: an error on the console, a breach of the
// content security policy, an exception, a request to anywhere else.
import { existsSync } from "node:fs";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** Longest wait for something to appear, in milliseconds. Nothing waits for a fixed time. */
export const PATIENCE = 30_000;
/** What Chromium says by itself about every answer that is no success; the console shows those to people. */
const REFUSED = /^Failed to load resource: the server responded with a status of 4\d\d/;
/** What it says about a server that is away; journeys that cut the line ask for it. */
const AWAY = /^Failed to load resource: (?:net::|the server responded with a status of 50[234])/;

/** Starts Chromium; `close` ends it. */
export async function launch() {
  const path = process.env["SHEPHERD_TEST_CHROMIUM"] ?? "/usr/bin/chromium";
  if (!existsSync(path)) throw new Error(`${path} is missing: install it (Debian: apt-get install chromium)`);
  const browser = await chromium.launch({ executablePath: path, args: FLAGS });
  const faults = [];
  const pages = [];

  /** A window of its own, with its own cookies. `away`: the server may be unreachable at times. */
  async function open({ url, away = false, ...options }) {
    const context = await browser.newContext({
      baseURL: url,
      viewport: { width: 1440, height: 900 },
      locale: "en-GB",
      timezoneId: "Europe/Vienna",
      colorScheme: "light",
      ...options,
    });
    context.setDefaultTimeout(PATIENCE);
    await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: url });
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
      });
    });
    const page = await context.newPage();
    pages.push(page);
    page.on("console", (message) => {
      const text = message.text();
      const expected = REFUSED.test(text) || (away && AWAY.test(text));
      if (message.type() === "error" && !expected) faults.push(`console of ${page.url()}: ${text}`);
    });
    page.on("response", (response) => {
      if (response.status() >= 500 && !away) faults.push(`${response.status()} for ${response.url()}`);
    });
    page.on("pageerror", (error) => faults.push(`exception on ${page.url()}: ${error.stack ?? error.message}`));
    page.on("request", (request) => {
      const target = request.url();
      if (!target.startsWith(`${url}/`) && !/^(?:data|blob):/.test(target)) faults.push(`request to ${target}`);
    });
    return page;
  }

  /** Keeps what the pages show, for whoever looks for the cause. */
  async function keep(name) {
    const folder = process.env["SHEPHERD_TEST_ARTIFACTS"] ?? "/tmp/shepherd-e2e";
    mkdirSync(folder, { recursive: true });
    for (const [index, page] of pages.entries()) {
      if (page.isClosed()) continue;
      const file = join(folder, `${name}-${index}`);
      await page.screenshot({ path: `${file}.png`, timeout: 5_000 }).catch(() => undefined);
      const text = await page.locator("body").ariaSnapshot({ timeout: 5_000 }).catch(() => "");
      writeFileSync(`${file}.txt`, `${page.url()}\n${text}\n`);
      console.error(`kept ${file}.png and .txt (${page.url()})`);
    }
  }

  return { open, keep, faults, close: () => browser.close() };
}
