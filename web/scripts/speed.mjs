// How fast pages are there, as a ratio to an empty PatternFly page of the same server, and how soon a decision is seen
// in another open browser: `node scripts/speed.mjs URL APPROVER PASSWORD REQUESTER PASSWORD [ROUNDS]`, on a product with
// data. The requester needs a request that waits; it is cancelled in the last part. Prints medians with their range.
// In between it scrolls through the list of all requests, as long as it is, and prints the longest frame.
import { launch } from "../e2e/browser.mjs";
import { signIn } from "../e2e/people.mjs";

const [url, approver, approverPassword, requester, requesterPassword, rounds = "7"] = process.argv.slice(2);
const browser = await launch();
try {
  const page = await browser.open({ url });
  await signIn(page, approver, approverPassword, "/requests");
  const state = await page.context().storageState();
  const style = await page.locator("link[rel=stylesheet]").first().getAttribute("href");
  const waiting = (await read(page, "/tickets?state=PENDING&per_page=20")).items;
  const pages = { empty: "/empty", inbox: "/requests", request: `/requests/${waiting[0]?.id}` };
  const times = Object.fromEntries(Object.keys(pages).map((name) => [name, { lcp: [], ready: [] }]));
  for (let round = 0; round < Number(rounds); round += 1) {
    for (const [name, path] of Object.entries(pages)) {
      const { lcp, ready } = await load(state, path, style);
      times[name].lcp.push(lcp);
      times[name].ready.push(ready);
    }
  }
  for (const [name, of] of Object.entries(times)) {
    for (const what of ["lcp", "ready"]) {
      const ratio = median(of[what]) / median(times.empty[what]);
      console.log(`${name} ${what}: ${shown(of[what])} ms, ${ratio.toFixed(1)} times the empty page`);
    }
  }
  console.log(`scrolling: ${await scrolling(page)}`);
  console.log(`decision in another browser: ${shown(await decisions(page, waiting))} ms`);
} finally {
  await browser.close();
}

/** Loads a page with an empty cache; when its largest part was painted, and when its heading and last row answer. */
async function load(storageState, path, style) {
  const page = await browser.open({ url, storageState });
  await page.addInitScript(() => {
    new PerformanceObserver((list) => {
      window.lcp = list.getEntries().at(-1).startTime;
    }).observe({ type: "largest-contentful-paint", buffered: true });
  });
  const html = `<!doctype html><link rel=stylesheet href="${style}"><h1 class="pf-v6-c-title">Empty</h1>`;
  await page.route("**/empty", (route) => route.fulfill({ contentType: "text/html", body: html }));
  await page.goto(path);
  const ready = await page.waitForFunction(() => {
    const busy = document.querySelector(".pf-v6-c-skeleton, .pf-v6-c-spinner, [aria-busy=true]");
    return document.querySelector("h1") && busy === null && document.fonts.status === "loaded" ? performance.now() : false;
  });
  const lcp = await page.waitForFunction(() => window.lcp ?? false);
  const times = { ready: await ready.jsonValue(), lcp: await lcp.jsonValue() };
  await page.context().close();
  return times;
}

/** Scrolls through all requests to the last one, a notch of the wheel with each frame; how long frames and tasks were. */
async function scrolling(page) {
  await page.goto("/requests?tab=all");
  await page.getByRole("table").locator("tbody tr[aria-rowindex]").first().waitFor();
  await page.waitForFunction(() => document.querySelector(".pf-v6-c-skeleton.pf-m-width-lg, .pf-v6-c-spinner") === null);
  const { rows, frames, tasks } = await page.evaluate(async () => {
    const NOTCH = 240;
    const table = document.querySelector("table");
    let scroller = table.parentElement;
    while (!["auto", "scroll"].includes(getComputedStyle(scroller).overflowY)) scroller = scroller.parentElement;
    const frames = [];
    const tasks = [];
    const watch = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)));
    watch.observe({ type: "longtask" });
    let rows = 0;
    const frame = () => new Promise(requestAnimationFrame);
    for (let before = await frame(), still = 0; still < 120; ) {
      const from = scroller.scrollTop;
      scroller.scrollTop += NOTCH;
      const now = await frame();
      frames.push(now - before);
      before = now;
      still = scroller.scrollTop === from ? still + 1 : 0;
      rows = Math.max(rows, Number([...table.querySelectorAll("tr[aria-rowindex]")].at(-1).getAttribute("aria-rowindex")) - 1);
    }
    watch.disconnect();
    return { rows, frames, tasks };
  });
  const over = (numbers) => numbers.filter((each) => each > 50).length;
  return `${rows} rows, ${frames.length} frames, longest ${Math.round(Math.max(...frames))} ms, ${over(frames)} over 50 ms; ${over(tasks)} tasks over 50 ms${tasks.length > 0 ? `, longest ${Math.round(Math.max(...tasks))} ms` : ""}`;
}

/** Cancels waiting requests while somebody looks at them. */
async function decisions(watching, waiting) {
  const acting = await browser.open({ url });
  await signIn(acting, requester, requesterPassword, "/");
  const mine = (await read(acting, "/tickets?state=PENDING&per_page=100")).items;
  const times = [];
  for (const { id } of waiting.filter((one) => mine.some((other) => other.id === one.id)).slice(0, Number(rounds))) {
    await watching.goto(`/requests/${id}`);
    await watching.getByRole("button", { name: "Approve", exact: true }).waitFor();
    const since = performance.now();
    await acting.evaluate(async (path) => {
      const answer = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    }, `/api/v1/tickets/${id}/cancel`);
    await watching.getByText("Cancelled").first().waitFor();
    times.push(performance.now() - since);
  }
  return times;
}

function read(page, path) {
  return page.evaluate(async (path) => (await fetch(path)).json(), `/api/v1${path}`);
}

function median(numbers) {
  return [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function shown(numbers) {
  return `${Math.round(median(numbers))} (${Math.round(Math.min(...numbers))} to ${Math.round(Math.max(...numbers))})`;
}
