import { act, renderHook } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { useRequestDraft } from "./draft";

const KEY = "shepherd.draft.request.rita";

afterEach(() => localStorage.clear());

describe("the draft of a request", () => {
  it("survives a reload and is gone once it was sent", () => {
    const first = renderHook(() => useRequestDraft("rita"));
    act(() => first.result.current[1]({ reason: "for the close", disk: "30" }));
    first.unmount();
    const second = renderHook(() => useRequestDraft("rita"));
    expect(second.result.current[0]).toMatchObject({ reason: "for the close", disk: "30" });
    act(() => second.result.current[2]());
    expect([second.result.current[0].reason, localStorage.getItem(KEY)]).toEqual(["", null]);
  });
  it("is one person's own", () => {
    const rita = renderHook(() => useRequestDraft("rita"));
    act(() => rita.result.current[1]({ reason: "mine" }));
    expect(renderHook(() => useRequestDraft("nina")).result.current[0].reason).toBe("");
  });
  it.each(["{", "null", "[]", '"text"', '{"reason":5,"size":["x"]}'])("begins anew when what is stored is %s", (stored) => {
    localStorage.setItem(KEY, stored);
    const { result } = renderHook(() => useRequestDraft("rita"));
    expect([result.current[0].reason, result.current[0].size]).toEqual(["", ""]);
  });
});
