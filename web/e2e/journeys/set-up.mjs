import { field, signIn } from "../people.mjs";

/** A fresh installation leads to set-up; its administrator signs in, changes the password and signs in again. */
export async function journey({ world, open }) {
  const page = await open();
  await page.goto("/sessions");
  await page.waitForURL("**/set-up");
  await field(page, "Set-up token").fill("wrong");
  await field(page, "Username").fill("ada");
  await field(page, "Name").fill("Ada <b>Admin</b>");
  await field(page, "Password").fill("short");
  const submit = page.getByRole("button", { name: "Create the administrator" });
  await submit.click();
  await page.getByRole("alert").or(page.getByText(/Reference /)).first().waitFor();
  await field(page, "Set-up token").fill(world.token);
  await field(page, "Password").fill(world.password);
  await submit.click();
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.waitForURL("**/sign-in");
  await signIn(page, "ada", world.password, "/sessions");
  await page.getByRole("heading", { level: 1 }).waitFor();
  const account = page.getByRole("button", { name: "Account of Ada <b>Admin</b>" });
  await account.click();
  await page.getByRole("menuitem", { name: "Change password" }).click();
  await field(page, "Current password").fill(world.password);
  await field(page, "New password").fill(`${world.password} more`);
  await field(page, "New password again").fill(`${world.password} more`);
  await page.getByRole("button", { name: "Change the password" }).click();
  await page.getByRole("heading", { level: 1 }).waitFor();
  // Nobody sets an installation up twice.
  const other = await open();
  await other.goto("/set-up");
  await other.getByRole("link", { name: "Sign in" }).click();
  await signIn(other, "ada", `${world.password} more`);
}
