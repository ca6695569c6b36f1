import { playServer, refusal, type Answer } from "../../testing/server";
import { act, cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test } from "vitest";
import { idOf, sampleOf } from "../../testing/contract";
import { openPage } from "../../testing/open";
import { ADA } from "../../testing/people";

const ENTRY = { path: "/requests/new", load: () => import("./NewRequestPage") };
const ONE = { items: 1, text: (name: string) => `the ${name}`, optional: false };
const DRAFT = `shepherd.draft.request.${ADA.principal.id}`;
const FIRST = idOf(1);

beforeEach(() => localStorage.setItem(DRAFT, JSON.stringify({ system: FIRST, reason: "typed before" })));
afterEach(() => {
  cleanup();
  localStorage.clear();
});

const service = () => screen.findByRole<HTMLInputElement>("combobox", { name: "Service" });
const isServices = (path: string) => path === "/api/v1/services";

test("while the Services are on their way, none is offered to be made", async () => {
  let release: (answer: Answer) => void = () => undefined;
  const later = new Promise<Answer>((resolve) => {
    release = resolve;
  });
  playServer((call) => (isServices(call.path) ? later : sampleOf(call, ONE)));
  openPage(ENTRY, "/requests/new", ADA);
  await userEvent.type(await service(), "the name");
  expect(screen.queryByRole("option", { name: /Create/ })).toBeNull();
  await act(async () => {
    release(sampleOf({ method: "GET", path: "/api/v1/services", query: new URLSearchParams(), body: "" }, ONE));
    await later;
  });
  await userEvent.click(await screen.findByRole("option", { name: /^the name/ }));
  expect((await service()).value).toBe("the name");
});

test("what was chosen stays chosen while the session is over, and after it was renewed", async () => {
  localStorage.setItem(DRAFT, JSON.stringify({ system: FIRST, service: FIRST, reason: "typed before" }));
  let over = false;
  playServer((call) => (over ? refusal(401, "UNAUTHENTICATED") : sampleOf(call, ONE)));
  const { client } = openPage(ENTRY, "/requests/new", ADA);
  const field = await service();
  await waitFor(() => expect(field.value).toBe("the name"));
  over = true;
  await act(() => client.invalidateQueries());
  expect(field.value).toBe("the name");
  over = false;
  await act(() => client.invalidateQueries());
  expect(field.value).toBe("the name");
  expect(screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Reason" }).value).toBe("typed before");
});

test("Services that cannot be read are told, and can be read again", async () => {
  let broken = true;
  playServer((call) => (broken && isServices(call.path) ? refusal(500, "INTERNAL_ERROR") : sampleOf(call, ONE)));
  openPage(ENTRY, "/requests/new", ADA);
  await screen.findByText(/INTERNAL_ERROR/);
  broken = false;
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  await userEvent.click(await service());
  expect(await screen.findByRole("option", { name: /^the name/ })).toBeTruthy();
});
