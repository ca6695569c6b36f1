import { field, signIn } from "../people.mjs";

/** A refused kubeconfig says which rule it breaks; a good one is registered and passes its check while one looks. */
export async function journey({ world, open }) {
  const page = await open();
  await signIn(page, world.people.admin, world.password, "/admin/clusters/new");
  await field(page, "Name").fill("second");
  await page.getByRole("combobox", { name: "Environment" }).selectOption("test");
  const kubeconfig = page.getByRole("textbox", { name: /Kubeconfig/i }).last();
  await kubeconfig.fill(world.kubeconfig.replace(/certificate-authority-data: .*/, "insecure-skip-tls-verify: true"));
  const submit = page.getByRole("main").getByRole("button", { name: "Register a cluster" });
  await submit.click();
  await page.getByText(/KUBECONFIG_REFUSED/).waitFor();
  if ((await field(page, "Name").inputValue()) !== "second") throw new Error("the form was lost");
  await kubeconfig.fill(world.kubeconfig);
  await submit.click();
  await page.waitForURL(/\/admin\/clusters\/[0-9a-f-]{36}/);
  await page.getByText("Healthy", { exact: true }).first().waitFor();
  if ((await page.content()).includes("client-key-data")) throw new Error("the credential is on the page");
}
