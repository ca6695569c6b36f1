import { connect } from "node:net";
import { api, signIn } from "../people.mjs";
import { fileRequest } from "../steps.mjs";

/** The line is cut: the page says so. It is mended: what happened meanwhile is there, and new events arrive. */
export async function journey({ world, open }) {
  const as = await api(world, world.people.requester);
  const page = await open({ away: true });
  await signIn(page, world.people.approver, world.password, "/requests");
  await page.getByText("Nothing waits for you").waitFor();
  const held = await cut(world.switch);
  await page.getByText(/Live updates are interrupted/).waitFor();
  const id = await fileRequest(as, world);
  held.destroy();
  await page.getByRole("row").filter({ hasText: "shop-web" }).waitFor();
  await page.getByText(/Live updates are interrupted/).waitFor({ state: "hidden" });
  const began = Date.now();
  await as("POST", `/tickets/${id}/cancel`, {});
  await page.getByText("Nothing waits for you").waitFor({ timeout: 5_000 });
  console.error(`a change was visible after ${Date.now() - began} ms`);
}

/** Cuts the line until the socket is destroyed. */
function cut(port) {
  return new Promise((done, failed) => {
    const socket = connect(port, "127.0.0.1", () => done(socket));
    socket.on("error", failed);
  });
}
