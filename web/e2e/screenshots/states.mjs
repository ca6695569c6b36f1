// What is looked at besides every page with data: nothing there yet, states of requests, errors.

/** Pages of an installation in which nobody but the administrator has done anything. */
export function empty({ people: { admin } }) {
  return [
    ["empty-home", "/", admin],
    ["empty-inbox", "/requests", admin],
    ["empty-catalogue", "/catalogue", admin],
    ["empty-my-requests", "/requests/mine", admin],
    ["empty-request-form", "/requests/new", admin],
    ["empty-vms", "/vms", admin],
    ["empty-clusters", "/admin/clusters", admin],
    ["empty-templates", "/admin/templates", admin],
    ["empty-sizes", "/admin/instance-sizes", admin],
    ["empty-namespaces", "/admin/namespaces", admin],
    ["empty-systems", "/admin/systems", admin],
    ["empty-people", "/admin/people", admin],
    ["empty-health", "/operations/health", admin],
    ["empty-stuck", "/operations/stuck", admin],
  ];
}

/** Requests, runs and entries of the catalogue that are not like the others. */
export function more({ people: { admin, requester, approver } }, ids) {
  const opened = (name, shown) => ({
    after: async (page) => {
      await page.getByRole("button", { name }).first().click();
      await page.getByRole(shown).last().waitFor();
    },
  });
  return [
    ["inbox-all", "/requests?tab=all", approver],
    ["request-gpu", `/requests/${ids.gpu}`, approver],
    ["request-pinned", `/requests/${ids.pinned}`, approver],
    ["request-long-reason", `/requests/${ids.long}`, approver],
    ["request-right-to-left", `/requests/${ids.rtl}`, approver],
    ["request-done", `/requests/${ids.done}`, requester],
    ["request-changed", `/requests/${ids.changed}`, approver],
    ["request-expired", `/requests/${ids.expired}`, approver],
    ["request-cancelled", `/requests/${ids.cancelled}`, requester],
    ["request-failed", `/requests/${ids.failed}`, approver],
    ["run-failed", `/requests/${ids.failed}/run`, "nadia"],
    ["run-parked", `/requests/${ids.parked}/run`, "nadia"],
    ["run-running", `/requests/${ids.running}/run`, "nadia"],
    ["home-sre", "/", "nadia"],
    ["home-auditor", "/", "uma"],
    ["request-resize", `/requests/${ids.pending}?resize=1`, approver],
    ["request-similar", `/requests/new?like=${ids.rejected}`, requester],
    ["request-form-template", `/requests/new?template=${ids.templates["ubuntu-24-04"]}`, requester],
    ["cluster-unreachable", `/admin/clusters/${ids.clusters["hamburg-1"]}`, admin],
    ["cluster-refuses", `/admin/clusters/${ids.clusters["vienna-lab"]}`, admin],
    ["template-draft", `/admin/templates/${ids.draft}`, admin],
    ["template-deprecated", `/admin/templates/${ids.templates["rhel-9"]}`, admin],
    ["size-gpu", `/admin/instance-sizes/${ids.sizes["gpu-a10"]}`, admin],
    ["audit-auditor", "/admin/audit", "uma"],
    ["audit-refused", "/admin/audit?outcome=REFUSED", "uma"],
    ["notifications", "/", requester, opened(/notifications|通知/i, "dialog")],
    ["account", "/", requester, opened(/Account of|账户/, "menuitem")],
  ];
}

const NOBODY = "019aa000-0000-7000-8000-000000000000";

/** What happened, what was done, what one can do. */
export function faulty() {
  const away = { before: (page) => page.route("**/api/v1/tickets?*", (route) => route.abort()) };
  const busy = {
    before: (page) =>
      page.route(/\/api\/v1\/vms(?:\?|$)/, (route) =>
        route.fulfill({
          status: 503,
          contentType: "application/problem+json",
          body: JSON.stringify({ type: "about:blank", status: 503, errors: [], code: "DEPENDENCY_UNAVAILABLE", params: { dependency: "database" }, request_id: NOBODY }),
        }),
      ),
  };
  return [
    ["error-no-such-request", `/requests/${NOBODY}`, "anton"],
    ["error-no-such-vm", `/vms/${NOBODY}`, "anton"],
    ["error-unreachable", "/requests", "anton", away],
    ["error-unavailable", "/vms", "anton", busy],
    ["error-forbidden", "/admin/people", "rita"],
  ];
}
