import { playServer } from "../testing/server";
import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test } from "vitest";
import { idOf, sampleOf } from "../testing/contract";
import { openPage } from "../testing/open";
import { ADA } from "../testing/people";
import type { Me } from "./session";

const ONE = { items: 1, text: (name: string) => `the ${name}`, optional: true };
const BERTA: Me = { ...ADA, principal: { ...ADA.principal, id: idOf(77) } };

afterEach(() => {
  cleanup();
  sessionStorage.clear();
});

const size = { path: "/admin/instance-sizes/$id", load: () => import("../pages/instance-sizes/SizePage") };
const template = { path: "/admin/templates/$id", load: () => import("../pages/templates/TemplatePage") };

test.each([
  ["a size", size, `/admin/instance-sizes/${idOf(1)}`],
  ["a version of a template", template, `/admin/templates/${idOf(1)}`],
])("edits of %s survive a reload until they are discarded, and are nobody else's", async (_, entry, address) => {
  playServer((call) => {
    const answer = sampleOf(call, ONE);
    return { ...answer, body: { ...(answer.body as object), ...(entry === template ? { status: "draft" } : {}) } };
  });
  const field = () => screen.findByRole<HTMLInputElement>("textbox", { name: "Description" });
  const reload = async (as: Me) => {
    cleanup();
    openPage(entry, address, as);
    await field();
  };
  openPage(entry, address, ADA);
  await userEvent.type(await field(), " and more");
  await reload(ADA);
  expect((await field()).value).toBe("the description and more");
  await reload(BERTA);
  expect((await field()).value).toBe("the description");
  await reload(ADA);
  await userEvent.click(screen.getByRole("button", { name: /^Discard/ }));
  await waitFor(async () => expect((await field()).value).toBe("the description"));
  await reload(ADA);
  expect((await field()).value).toBe("the description");
});
