import { playServer, refusal, type Call } from "../testing/server";
import { QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { api, type Schemas } from "../api/client";
import { useCursorList } from "./list";
import { queryClient } from "./queries";

afterEach(cleanup);

const PER_PAGE = 100;
let rows: string[] = [];
let asked: string[] = [];

/** Requests after a cursor, which is the id of the row before. */
function tickets({ query }: Call) {
  const cursor = query.get("cursor");
  asked.push(cursor ?? "top");
  const start = cursor === null ? 0 : rows.findIndex((id) => id > cursor);
  const items = start < 0 ? [] : rows.slice(start, start + PER_PAGE);
  const more = start >= 0 && start + PER_PAGE < rows.length;
  const pagination = { per_page: PER_PAGE, total: Math.min(rows.length, 1_000), more: rows.length > 1_000, ...(more ? { next_cursor: items.at(-1) } : {}) };
  return { status: 200, body: { items: items.map((id) => ({ id })), pagination } };
}

function name(number: number): string {
  return `r${String(number).padStart(5, "0")}`;
}

function open(n: number) {
  rows = Array.from({ length: n }, (_, index) => name(index * 10));
  asked = [];
  playServer(tickets);
  const client = queryClient(() => undefined);
  const hook = renderHook(
    ({ q }: { q: string }) => useCursorList<Schemas["TicketRow"]>(["tickets", q], (cut, signal) => api.GET("/api/v1/tickets", { params: { query: cut }, signal })),
    { initialProps: { q: "a" }, wrapper: ({ children }) => <QueryClientProvider client={client}>{children}</QueryClientProvider> },
  );
  const ids = () => (hook.result.current.data?.items ?? []).map(({ id }) => id);
  const show = (first: number, last: number) => act(() => hook.result.current.show({ first, last }));
  return { ...hook, client, ids, show };
}

test("a list is read on as its end comes into view, to its last row, each row once", async () => {
  const { result, ids, show } = open(350);
  await waitFor(() => expect(ids().length).toBe(100));
  expect([result.current.complete, result.current.total]).toEqual([false, 350]);
  show(0, 20);
  expect(asked).toEqual(["top"]);
  for (const [last, read] of [[60, 200], [180, 300], [299, 350]] as const) {
    show(last - 20, last);
    await waitFor(() => expect(ids().length).toBe(read));
  }
  expect(ids()).toEqual(rows);
  expect(result.current.complete).toBe(true);
});

test("what is fresh is what is in view: the parts above are left as they were", async () => {
  const { client, ids, show } = open(350);
  await waitFor(() => expect(ids().length).toBe(100));
  show(40, 60);
  await waitFor(() => expect(ids().length).toBe(200));
  show(140, 160);
  await waitFor(() => expect(ids().length).toBe(300));
  show(220, 230);
  asked = [];
  rows = [name(1), ...rows.filter((id) => id !== name(2_200))];
  await act(() => client.invalidateQueries({ queryKey: ["tickets"] }));
  expect(asked).toEqual([name(1_990)]);
  await waitFor(() => expect(ids()).not.toContain(name(2_200)));
  expect(ids()).not.toContain(name(1));
});

test("a row that comes at the top moves no row out of the list and shows none twice", async () => {
  const { client, ids, show } = open(250);
  await waitFor(() => expect(ids().length).toBe(100));
  show(50, 99);
  await waitFor(() => expect(ids().length).toBe(200));
  show(50, 150);
  await waitFor(() => expect(ids().length).toBe(250));
  rows = [rows[0] ?? "", name(1), ...rows.slice(1)];
  await act(() => client.invalidateQueries({ queryKey: ["tickets"] }));
  await waitFor(() => expect(ids()).toEqual(rows));
});

test("a row that goes draws the next one up, which stands there once", async () => {
  const { client, ids, show } = open(350);
  await waitFor(() => expect(ids().length).toBe(100));
  show(40, 60);
  await waitFor(() => expect(ids().length).toBe(200));
  show(140, 160);
  await waitFor(() => expect(ids().length).toBe(300));
  show(110, 120);
  rows = rows.filter((id) => id !== name(1_100));
  await act(() => client.invalidateQueries({ queryKey: ["tickets"] }));
  await waitFor(() => expect(ids()).not.toContain(name(1_100)));
  expect(ids()).toEqual(rows.slice(0, 299));
});

test("other filters are another list, from its top; the earlier one stays until it is there", async () => {
  const { result, rerender, ids, show } = open(250);
  await waitFor(() => expect(ids().length).toBe(100));
  show(90, 99);
  await waitFor(() => expect(ids().length).toBe(200));
  asked = [];
  rerender({ q: "b" });
  expect(ids().length).toBe(200);
  await waitFor(() => expect(ids().length).toBe(100));
  expect(asked).toEqual(["top"]);
  expect(result.current.name).toBe('["tickets","b"]');
});

test("what cannot be read is told, and nothing that was read is lost", async () => {
  const { result, ids, show } = open(250);
  await waitFor(() => expect(ids().length).toBe(100));
  playServer(() => refusal(500, "INTERNAL_ERROR"));
  show(90, 99);
  await waitFor(() => expect(result.current.error).not.toBeNull());
  expect(ids().length).toBe(100);
  playServer(tickets);
  await act(async () => {
    await result.current.refetch();
  });
  await waitFor(() => expect(ids().length).toBe(200));
});
