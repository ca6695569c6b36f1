import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ComboField, type Choice } from "./ComboField";

const CHOICES: readonly Choice[] = [
  { value: "1", label: "payments", description: "Production" },
  { value: "2", label: "shop", description: "Test" },
  { value: "3", label: "old", why: "Not usable" },
];

afterEach(cleanup);

function show(more: Partial<Parameters<typeof ComboField>[0]> = {}) {
  const onChange = vi.fn();
  const onSubmit = vi.fn((event: Event) => event.preventDefault());
  render(
    <form onSubmit={(event) => onSubmit(event.nativeEvent)}>
      <ComboField id="it" label="System" value="" choices={CHOICES} onChange={onChange} placeholder="Type" none="Nothing" {...more} />
    </form>,
  );
  return { onChange, onSubmit, box: screen.getByRole("combobox", { name: "System" }) };
}

describe("a combo box", () => {
  it("finds by a part of the name and chooses with Enter without sending the form", async () => {
    const { onChange, onSubmit, box } = show();
    await userEvent.type(box, "SHO{Enter}");
    expect(onChange.mock.calls).toEqual([["2"]]);
    expect(onSubmit).not.toHaveBeenCalled();
  });
  it("goes round with the arrows", async () => {
    const { onChange, box } = show({ choices: CHOICES.slice(0, 2) });
    await userEvent.click(box);
    await userEvent.keyboard("{ArrowDown}{ArrowDown}{Enter}");
    expect(onChange.mock.calls).toEqual([["1"]]);
  });
  it("does not choose what cannot be chosen, and says why", async () => {
    const { onChange, box } = show();
    await userEvent.type(box, "old{Enter}");
    expect(screen.getByText("Not usable")).toBeTruthy();
    expect(onChange).not.toHaveBeenCalled();
  });
  it("offers to make what is missing from what was typed", async () => {
    const onCreate = vi.fn();
    const { box } = show({ create: { label: (typed) => `Create ${typed}`, onCreate } });
    await userEvent.type(box, "new one{Enter}");
    expect(onCreate.mock.calls).toEqual([["new one"]]);
  });
  it("offers to make nothing while the choices are on their way", async () => {
    const onCreate = vi.fn();
    const { onChange, box } = show({ loading: true, choices: [], create: { label: (typed) => `Create ${typed}`, onCreate } });
    await userEvent.type(box, "shop{Enter}");
    expect(screen.queryByText("Create shop")).toBeNull();
    expect(screen.getByRole("option", { name: /Loading/ })).toBeTruthy();
    expect(onCreate).not.toHaveBeenCalled();
    expect(onChange).not.toHaveBeenCalled();
  });
  it("keeps markup in names as text", async () => {
    const { box } = show({ choices: [{ value: "1", label: "<b>bold</b>" }] });
    await userEvent.click(box);
    expect(screen.getByText("<b>bold</b>")).toBeTruthy();
  });
});
