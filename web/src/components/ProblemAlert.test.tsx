import { cleanup, render, screen } from "@testing-library/react";
import { act } from "react";
import { afterEach, expect, test } from "vitest";
import { NotKnown, Refused, type Schemas } from "../api/client";
import { signalSignedIn, signalSignedOut } from "../app/signedOut";
import { fieldProblem, ProblemAlert } from "./ProblemAlert";

afterEach(cleanup);

const HTML = `<img src=x onerror="window.broken = true"><script>window.broken = true</script>`;

function refused(problem: Partial<Record<keyof Schemas["Problem"], unknown>>): Refused {
  const whole = { type: "t", status: 409, code: "STATE_CONFLICT", params: {}, errors: [], request_id: "r-1", ...problem };
  return new Refused(whole as Schemas["Problem"]);
}

test("a code of a newer server is told with its reference", async () => {
  render(<ProblemAlert error={refused({ code: "FROM_THE_FUTURE" })} />);
  expect(screen.getByText(/FROM_THE_FUTURE/).textContent).toContain("r-1");
  expect(await screen.findByText("Something went wrong in the server")).toBeTruthy();
  expect(screen.getByText(/FROM_THE_FUTURE/).textContent).toContain("r-1");
});

test("HTML in what the server says stays text", async () => {
  const { container } = render(
    <ProblemAlert
      error={refused({
        code: "ALREADY_DECIDED",
        params: { decided_by_name: HTML, state: HTML },
        errors: [{ pointer: HTML, code: HTML, params: {} }],
        request_id: HTML,
      })}
    />,
  );
  await screen.findByText(/was first/);
  expect(container.querySelector("img, script")).toBeNull();
  expect(container.textContent).toContain(HTML);
  expect("broken" in window).toBe(false);
});

test("fields that show their own part are not listed again", async () => {
  const error = refused({
    code: "VALIDATION_FAILED",
    errors: [
      { pointer: "/name", code: "REQUIRED", params: {} },
      { pointer: "/reason", code: "TOO_LONG", params: { maximum: 5 } },
    ],
  });
  render(<ProblemAlert error={error} shownFields={["/name"]} />);
  expect(await screen.findByText("/reason")).toBeTruthy();
  expect(screen.queryByText("/name")).toBeNull();
  expect(fieldProblem(error, "/name")?.code).toBe("REQUIRED");
  expect(fieldProblem(new NotKnown(), "/name")).toBeUndefined();
});

test("an answer that did not arrive is no refusal", () => {
  render(<ProblemAlert error={new NotKnown("no answer")} />);
  expect(screen.getByText(/Not known yet/)).toBeTruthy();
});

test("that a session has ended is no longer said once somebody has signed in again", () => {
  signalSignedOut();
  render(<ProblemAlert error={refused({ status: 401, code: "SESSION_REVOKED" })} />);
  expect(screen.getByText("Your session has ended")).toBeTruthy();
  act(signalSignedIn);
  expect(screen.queryByText("Your session has ended")).toBeNull();
});
