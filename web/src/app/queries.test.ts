import { expect, test } from "vitest";
import type { Code } from "../api/generated/codes";
import { NotKnown, Refused, answer } from "../api/client";
import { mayRetry, queryClient } from "./queries";

const refused = (code: Code) =>
  new Refused({ code, errors: [], params: {}, request_id: "r", status: 400, type: "t" });

test("reads are tried again only when that can help", () => {
  expect(mayRetry(0, new NotKnown())).toBe(true);
  expect(mayRetry(0, refused("DEPENDENCY_UNAVAILABLE"))).toBe(true);
  expect(mayRetry(0, refused("PERMISSION_DENIED"))).toBe(false);
  expect(mayRetry(3, new NotKnown())).toBe(false);
});

test("an ended session is heard of", async () => {
  let heard = 0;
  const client = queryClient(() => (heard += 1));
  const ask = (code: Code) =>
    client.query({ queryKey: [code], queryFn: () => Promise.reject(refused(code)), retry: false }).catch(() => 0);
  await ask("NOT_FOUND");
  expect(heard).toBe(0);
  await ask("SESSION_REVOKED");
  expect(heard).toBe(1);
});

test("a page of a proxy is no refusal", async () => {
  const page = Promise.resolve({ error: "<html>", response: new Response("", { status: 502 }) });
  await expect(answer(page)).rejects.toBeInstanceOf(NotKnown);
  await expect(answer(Promise.reject(new TypeError("failed")))).rejects.toBeInstanceOf(NotKnown);
});
