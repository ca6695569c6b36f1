import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { ReasonedButton } from "./ReasonedButton";

test("a reason is told to who comes by keyboard, and the focus stays when the reason goes", async () => {
  const pressed = vi.fn();
  const { rerender } = render(<ReasonedButton why="The preview is under way." onClick={pressed}>Approve</ReasonedButton>);
  await userEvent.tab();
  const button = screen.getByRole("button", { name: "Approve" });
  expect(document.activeElement).toBe(button);
  expect((await screen.findByRole("tooltip")).textContent).toBe("The preview is under way.");
  await userEvent.keyboard("{Enter}");
  expect(pressed).not.toHaveBeenCalled();
  rerender(<ReasonedButton onClick={pressed}>Approve</ReasonedButton>);
  await waitFor(() => expect(screen.queryByRole("tooltip")).toBeNull());
  expect(document.activeElement).toBe(button);
  await userEvent.keyboard("{Enter}");
  expect(pressed).toHaveBeenCalledOnce();
});
