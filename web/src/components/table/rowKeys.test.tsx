import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { useRowKeys } from "./rowKeys";

afterEach(cleanup);

function Rows({ rows, keys }: { rows: readonly string[]; keys: Readonly<Record<string, (row: string) => void>> }) {
  const { current, onKeyDown, rowRef } = useRowKeys(rows, keys);
  return (
    <table onKeyDown={onKeyDown}>
      <tbody>
        {rows.map((row, index) => (
          <tr key={row} ref={rowRef(index)} tabIndex={index === current ? 0 : -1} data-testid={row}>
            <td>
              <input aria-label={`field ${row}`} />
              <button type="button">act {row}</button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

test("j and k move within the rows, and keys act on the row under the cursor", () => {
  const act = vi.fn();
  render(<Rows rows={["a", "b"]} keys={{ Enter: act, r: act }} />);
  const row = (name: string) => screen.getByTestId(name);
  fireEvent.keyDown(row("a"), { key: "k" });
  expect(document.activeElement).toBe(row("a"));
  fireEvent.keyDown(row("a"), { key: "j" });
  fireEvent.keyDown(row("b"), { key: "ArrowDown" });
  expect(document.activeElement).toBe(row("b"));
  fireEvent.keyDown(row("b"), { key: "Enter" });
  fireEvent.keyDown(row("b"), { key: "x" });
  expect(act.mock.calls).toEqual([["b"]]);
});

test("keys are left alone in fields and buttons, and with modifiers", () => {
  const act = vi.fn();
  render(<Rows rows={["a"]} keys={{ r: act, Enter: act }} />);
  fireEvent.keyDown(screen.getByLabelText("field a"), { key: "r" });
  fireEvent.keyDown(screen.getByRole("button"), { key: "Enter" });
  fireEvent.keyDown(screen.getByTestId("a"), { key: "r", ctrlKey: true });
  expect(act).not.toHaveBeenCalled();
});

test("rows that went away leave the cursor on the last one", () => {
  const act = vi.fn();
  const { rerender } = render(<Rows rows={["a", "b", "c"]} keys={{ Enter: act }} />);
  fireEvent.keyDown(screen.getByTestId("a"), { key: "j" });
  fireEvent.keyDown(screen.getByTestId("b"), { key: "j" });
  rerender(<Rows rows={["a"]} keys={{ Enter: act }} />);
  fireEvent.keyDown(screen.getByTestId("a"), { key: "Enter" });
  expect(act).toHaveBeenCalledWith("a");
});
