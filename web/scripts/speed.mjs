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

/**
 * Scrolls through all requests to the last one, a turn of the wheel with each frame. How long frames took as they were
 * seen, and how long the page's thread worked on each, which a busy machine does not change.
 */
async function scrolling(page) {
  await page.goto("/requests?tab=all");
  await page.getByRole("table").locator("tbody tr[aria-rowindex]").first().waitFor();
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
  const worked = async () => (await cdp.send("Performance.getMetrics")).metrics.find(({ name }) => name === "TaskDuration").value * 1_000;
  const turn = () =>
    page.evaluate(async () => {
      const table = document.querySelector("table");
      let scroller = table.parentElement;
      while (!["auto", "scroll"].includes(getComputedStyle(scroller).overflowY)) scroller = scroller.parentElement;
      const from = scroller.scrollTop;
      const start = await new Promise(requestAnimationFrame);
      scroller.scrollTop += 600;
      const end = await new Promise(requestAnimationFrame);
      const last = [...table.querySelectorAll("tr[aria-rowindex]")].at(-1);
      return { took: end - start, moved: scroller.scrollTop !== from, rows: Number(last.getAttribute("aria-rowindex")) - 1 };
    });
  const [frames, work] = [[], []];
  let rows = 0;
  for (let still = 0, before = await worked(); still < 60; ) {
    const { took, moved, rows: drawn } = await turn();
    const now = await worked();
    frames.push(took);
    work.push(now - before);
    before = now;
    rows = Math.max(rows, drawn);
    still = moved ? 0 : still + 1;
  }
  const told = (numbers) => `longest ${Math.round(Math.max(...numbers))} ms, ${numbers.filter((each) => each > 50).length} over 50 ms`;
  return `${rows} rows, ${frames.length} frames: ${told(frames)}; work for one: ${shown(work)} ms, ${told(work)}`;
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
