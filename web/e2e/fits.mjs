// What somebody who decides has to know stands in the window at 1440 by 900, without scrolling the page or a part of it.
import { settle } from "./pages.mjs";

/** A request as it comes, one with a long reason, and one whose resources are changed. */
const CASES = [
  ["as it comes", "pending", ""],
  ["with a long reason", "long", ""],
  ["with changed resources", "long", "?cpu=4&memory=8192&disk=30"],
];

/** Answers what is out of view on the page of an approver. */
export async function outOfView(page, ids) {
  const found = [];
  await page.setViewportSize({ width: 1440, height: 900 });
  for (const [name, which, query] of CASES) {
    await settle(page, `/requests/${ids[which]}${query}`);
    await page.getByRole("img", { name: "being checked" }).waitFor({ state: "detached" });
    const parts = {
      who: page.getByRole("definition").filter({ hasText: /, for / }),
      why: page.getByRole("heading", { name: "Why", exact: true }).locator("xpath=ancestor::section[1]"),
      what: page.getByRole("definition").filter({ hasText: /vCPU/ }),
      where: page.getByRole("definition").filter({ hasText: "created when the cluster has none" }),
      cluster: page.getByRole("region", { name: "Decide" }).getByText("Cluster", { exact: true }).first(),
      checks: page.getByRole("heading", { name: "Checks", exact: true }).locator("xpath=following-sibling::ul[1]"),
      next: page.getByText(/^When you approve, Shepherd starts/),
      approve: page.getByRole("button", { name: "Approve", exact: true }),
      reject: page.getByRole("button", { name: "Reject", exact: true }),
      ...(query === "" ? {} : { change: page.getByRole("region", { name: "Decide" }).getByText(/^Changed/).first() }),
    };
    for (const [part, locator] of Object.entries(parts)) {
      if ((await locator.count()) === 0) found.push(`request ${name}: ${part} is not there`);
      else if (!(await locator.first().evaluate(isWhole))) found.push(`request ${name}: ${part} is out of view`);
    }
  }
  return found;
}

/** Whether an element is in the window, and in everything around it that cuts off what does not fit. */
function isWhole(element) {
  const { top, bottom } = element.getBoundingClientRect();
  if (bottom === top || top < 0 || bottom > window.innerHeight) return false;
  for (let at = element.parentElement; at; at = at.parentElement) {
    if (getComputedStyle(at).overflowY === "visible") continue;
    const outer = at.getBoundingClientRect();
    if (top < outer.top - 1 || bottom > outer.bottom + 1) return false;
  }
  return true;
}
