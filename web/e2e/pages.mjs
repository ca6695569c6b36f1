// Every page, with the person who sees it. A page that is missing here fails `accessible`.

/** Name, path and person of every page. */
export function pages(world, ids) {
  const { admin, requester, approver } = world.people;
  return [
    ["sign-in", "/sign-in", null],
    ["set-up", "/set-up", null],
    ["home-requester", "/", requester],
    ["home-approver", "/", approver],
    ["home-admin", "/", admin],
    ["catalogue", "/catalogue", requester],
    ["request-form", "/requests/new", requester],
    ["my-requests", "/requests/mine", requester],
    ["request-waiting", `/requests/${ids.pending}`, requester],
    ["vms", "/vms", requester],
    ["vm", `/vms/${ids.vm}`, requester],
    ["inbox", "/requests", approver],
    ["inbox-decided", "/requests?tab=decided", approver],
    ["request-decide", `/requests/${ids.pending}`, approver],
    ["request-diff", `/requests/${ids.pending}?tab=diff`, approver],
    ["request-manifest", `/requests/${ids.pending}?tab=manifest`, approver],
    ["request-form-view", `/requests/${ids.pending}?tab=form`, approver],
    ["request-approve", `/requests/${ids.pending}?decide=approve`, approver],
    ["request-reject", `/requests/${ids.pending}?decide=reject`, approver],
    ["request-rejected", `/requests/${ids.rejected}`, approver],
    ["run", `/requests/${ids.done}/run`, approver],
    ["clusters", "/admin/clusters", admin],
    ["cluster-new", "/admin/clusters/new", admin],
    ["cluster", `/admin/clusters/${world.cluster}`, admin],
    ["templates", "/admin/templates", admin],
    ["template-new", "/admin/templates/new", admin],
    ["template", `/admin/templates/${world.template}`, admin],
    ["sizes", "/admin/instance-sizes", admin],
    ["size-new", "/admin/instance-sizes/new", admin],
    ["size", `/admin/instance-sizes/${world.instance_size}`, admin],
    ["namespaces", "/admin/namespaces", admin],
    ["systems", "/admin/systems", requester],
    ["system", `/admin/systems/${world.system}`, requester],
    ["people", "/admin/people", admin],
    ["person-new", "/admin/people/new", admin],
    ["audit", "/admin/audit", admin],
    ["audit-forbidden", "/admin/audit", requester],
    ["health", "/operations/health", admin],
    ["stuck", "/operations/stuck", admin],
    ["sessions", "/sessions", requester],
    ["password", "/password", requester],
    ["not-found", "/no/such/page", requester],
  ];
}

/** Opens a page and waits until it has its heading and nothing on it is still loading. */
export async function settle(page, path) {
  await page.goto(path);
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await loaded(page);
}

/** Waits until nothing on the page is loading any more. */
export async function loaded(page) {
  await page.waitForFunction(() => {
    const busy = document.querySelector(".pf-v6-c-skeleton, .pf-v6-c-spinner, [aria-busy=true]");
    return busy === null && document.fonts.status === "loaded";
  });
}

/** One window for each person, signed in. */
export async function windows({ world, open, list, options = {} }) {
  const { signIn } = await import("./people.mjs");
  const found = new Map();
  for (const [, , person] of list) {
    if (found.has(person)) continue;
    const page = await open(options);
    if (person) await signIn(page, person, world.password, "/sessions");
    else await page.goto("/sign-in");
    found.set(person, page);
  }
  return found;
}
