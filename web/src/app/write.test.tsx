import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, test } from "vitest";
import { useWrite } from "./write";

const DONE = { data: "made", response: new Response("{}") };

/** A write whose first answers are these; answers the keys that were sent. */
function write(answers: readonly ("lost" | "done")[]) {
  const keys: string[] = [];
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={new QueryClient()}>{children}</QueryClientProvider>
  );
  const { result } = renderHook(
    () =>
      useWrite<{ name: string }, string>((_, once) => {
        keys.push(once["Idempotency-Key"]);
        return answers[keys.length - 1] === "lost" ? Promise.reject(new TypeError("lost")) : Promise.resolve(DONE);
      }, []),
    { wrapper },
  );
  const send = (name: string) => act(() => result.current.mutateAsync({ name }).catch(() => undefined));
  /** Clicks before React has drawn again. */
  const click = (...names: readonly string[]) =>
    act(async () => {
      const { mutate } = result.current;
      names.forEach((name) => mutate({ name }));
      await Promise.resolve();
    });
  return { keys, send, click };
}

test("a repeat after a lost answer is the same write", async () => {
  const { keys, send } = write(["lost", "lost", "done"]);
  await send("a");
  await send("a");
  await send("a");
  expect(new Set(keys).size).toBe(1);
});

test("after an answer the same input is a new write", async () => {
  const { keys, send } = write(["done", "done"]);
  await send("a");
  await send("a");
  expect(new Set(keys).size).toBe(2);
});

test("another input is another write, even after a lost answer", async () => {
  const { keys, send } = write(["lost", "done"]);
  await send("a");
  await send("b");
  expect(new Set(keys).size).toBe(2);
});

test("a double click is one call, and so is the next one", async () => {
  const { keys, click } = write(["done", "done"]);
  await click("a", "a", "a");
  expect(keys).toHaveLength(1);
  await click("a", "a");
  expect(new Set(keys).size).toBe(2);
  expect(keys).toHaveLength(2);
});

test("what is under way holds up nothing else", async () => {
  const { keys, click } = write(["done", "done"]);
  await click("a", "b");
  expect(new Set(keys).size).toBe(2);
});
