import { Modal, ModalBody } from "@patternfly/react-core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { SignInAgain } from "./SignInAgain";
import { LanguageProvider } from "./language";

afterEach(cleanup);

/** A dialog of a page, and above it the sign-in of a session that has ended. */
function page(ended: boolean, words: string) {
  return (
    <LanguageProvider>
      <QueryClientProvider client={new QueryClient()}>
        <Modal isOpen aria-label="Approve" variant="small">
          <ModalBody>
            <button type="button">{words}</button>
          </ModalBody>
        </Modal>
        {ended && <SignInAgain username="rita" />}
      </QueryClientProvider>
    </LanguageProvider>
  );
}

test("the sign-in above an open dialog can be found by everybody, also after the dialog was rendered again", () => {
  const { rerender } = render(page(false, "first"));
  rerender(page(true, "first"));
  rerender(page(true, "second"));
  expect(screen.getByRole("dialog", { name: "Your session has ended" })).toBeTruthy();
  expect(screen.getByLabelText(/Password/, { selector: "input" }).closest("[aria-hidden=true]")).toBeNull();
});
