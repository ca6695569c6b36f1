// What people do on the pages, by role and label.
import { field } from "./people.mjs";

/** Picks an entry of a combo box. */
export async function pick(page, label, entry) {
  const box = page.getByRole("combobox", { name: label, exact: true });
  await box.fill(entry);
  await page.getByRole("option", { name: entry }).first().click();
}

/** Fills in the form of a request; System and Service exist, or are made in place. */
export async function fillRequest(page, world, { system = "shop", service = "web", make = false, reason }) {
  await page.goto("/requests/new");
  for (const [label, name] of [["System", system], ["Service", service]]) {
    if (make) {
      await page.getByRole("combobox", { name: label, exact: true }).fill(name);
      await page.getByRole("option", { name: `Create a ${label}` }).or(page.getByRole("option", { name: `Create the ${label}` })).click();
      await page.getByRole("button", { name: `Create “${name}”` }).click();
      await page.getByText(`The ${label} ${name} was created`).waitFor();
    } else await pick(page, label, name);
  }
  await pick(page, "Namespace", world.namespace_name);
  await pick(page, "Template", "Fedora");
  // The whole card is the radio button's label.
  await page.getByRole("radio", { name: /Small/ }).focus();
  await page.keyboard.press("Space");
  await field(page, "Reason").fill(reason);
}

/** Submits the form; answers the id of the request whose page it leads to. */
export async function submitRequest(page) {
  await page.getByRole("button", { name: "Submit the request" }).click();
  await page.waitForURL(/\/requests\/[0-9a-f-]{36}/);
  return /[0-9a-f-]{36}/.exec(page.url())[0];
}

/** A request made without the form, for journeys that begin after it. */
export async function fileRequest(as, world, changes = {}) {
  const { id } = await as("POST", "/tickets", {
    service_id: world.service,
    namespace_id: world.namespace,
    template_id: world.template,
    instance_size_id: world.instance_size,
    reason: "a journey needs it",
    ...changes,
  });
  return id;
}

/** Opens the dialog of a decision and answers it. */
export async function openDecision(page, verb) {
  await page.getByRole("button", { name: verb, exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  return dialog;
}

/** Approves on the request's page. */
export async function approve(page, reason = "") {
  const dialog = await openDecision(page, "Approve");
  if (reason) await field(dialog, "Reason").fill(reason);
  await dialog.getByRole("button", { name: /^Approve 1 VM/ }).click();
  await dialog.getByText("Your approval is recorded").waitFor();
}

/** Rejects on the request's page. */
export async function reject(page, reason) {
  const dialog = await openDecision(page, "Reject");
  await field(dialog, "Reason").fill(reason);
  await dialog.getByRole("button", { name: "Reject the request" }).click();
  await dialog.getByText("Your rejection is recorded").waitFor();
}
