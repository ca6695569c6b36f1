// Signing in, as people do it.

/** A field by its label. */
export function field(page, label) {
  return page.getByRole("textbox", { name: label, exact: true });
}

/** Signs somebody in from wherever the page is. */
export async function signIn(page, username, password, path = "/") {
  await page.goto(path);
  await field(page, "Username").fill(username);
  await field(page, "Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: /^Account of / }).waitFor();
}

/** A client of the API with a token of its own, for what a journey does behind the browser's back. */
export async function api(world, username) {
  const { access_token: token } = await call(world, "POST", "/auth/token", {
    username,
    password: world.password,
    tenant: "default",
  });
  return (method, path, body) => call(world, method, path, body, token);
}

/** One call of the API; an answer that is no success is an error. */
export async function call(world, method, path, body, token) {
  const response = await fetch(`${world.api ?? world.url}/api/v1${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === "" ? null : JSON.parse(text);
}
