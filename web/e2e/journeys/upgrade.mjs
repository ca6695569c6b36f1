import { field, signIn } from "../people.mjs";
import { fillRequest } from "../steps.mjs";

const REASON = "Typed before the upgrade";
const NOTICE = "A newer version was installed";

/** A newer version is installed while a form is open: what is missing is told, nothing reloads by itself, and the form is kept. */
export async function journey({ world, open }) {
  const page = await open();
  await signIn(page, world.people.requester, world.password, "/requests/new");
  await fillRequest(page, world, { reason: REASON });
  let loads = 0;
  page.on("request", (request) => {
    if (request.isNavigationRequest()) loads += 1;
  });
  await upgrade(page);

  await page.getByRole("button", { name: /^Account of / }).click();
  await page.getByText(NOTICE).waitFor();
  await expectReason(page);

  await page.getByRole("link", { name: "My requests" }).first().click();
  await page.getByRole("heading", { level: 1, name: NOTICE }).waitFor();
  if (loads > 0) throw new Error(`the page was loaded ${loads} times without being asked`);

  await page.unrouteAll();
  await page.getByRole("main").getByRole("button", { name: "Reload" }).last().click();
  await page.getByRole("heading", { level: 1, name: "My requests" }).waitFor();
  if (loads !== 1) throw new Error(`the page was loaded ${loads} times`);
  await page.goBack();
  await expectReason(page);
  if ((await page.getByRole("combobox", { name: "Service", exact: true }).inputValue()) === "") throw new Error("the Service was lost");
}

async function expectReason(page) {
  if ((await field(page, "Reason").inputValue()) !== REASON) throw new Error("the form was lost");
}

/** What a server of the next release answers to a page of this one. */
async function upgrade(page) {
  for (const part of ["AccountDropdown", "MyRequestsPage"]) {
    await page.route(`**/assets/${part}-*.js`, (route) => route.fulfill({ status: 404 }));
  }
  await page.route(
    (url) => url.pathname === "/",
    (route) => route.fulfill({ contentType: "text/html", body: '<script type="module" src="/assets/index-newer.js"></script>' }),
  );
}
