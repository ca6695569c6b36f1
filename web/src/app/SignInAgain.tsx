import { Modal, ModalBody, ModalHeader, ModalVariant } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useLayoutEffect, useState } from "react";
import { useText } from "../messages/catalogue";
import { SignInForm } from "../pages/sign-in/SignInForm";
import { signInText } from "../pages/sign-in/text";
import { signalSignedIn } from "./signedOut";

/** A dialog that is open. */
const BELOW = ".pf-v6-c-backdrop";

/**
 * Where the dialog stands: above the page, or above a dialog that is open. That one hides whatever stands beside it from
 * screen readers, so this one stands inside it, and outlives it.
 */
function useHost(): HTMLElement {
  const [host] = useState(() => document.createElement("div"));
  useLayoutEffect(() => {
    const place = () => {
      if (!host.isConnected) (document.querySelector(BELOW) ?? document.body).append(host);
    };
    // The dialog below closes at Escape as well, and what was typed in it would be lost.
    const keep = (event: KeyboardEvent) => {
      if (event.key === "Escape") event.stopPropagation();
    };
    place();
    const moved = new MutationObserver(place);
    moved.observe(document.body, { childList: true, subtree: true });
    host.addEventListener("keydown", keep);
    return () => {
      moved.disconnect();
      host.removeEventListener("keydown", keep);
      host.remove();
    };
  }, [host]);
  return host;
}

/** Asks for the password again above the page, when the session has ended; what was typed below stays. */
export function SignInAgain({ username }: { username: string }) {
  const text = useText(signInText);
  const client = useQueryClient();
  const host = useHost();
  return (
    <Modal variant={ModalVariant.small} isOpen aria-label={text("again")} appendTo={host}>
      <ModalHeader title={text("again")} description={`${text("againBody")} ${text("againWhy")}`} />
      <ModalBody>
        <SignInForm
          username={username}
          onSignedIn={({ principal }) => {
            // Somebody else may not go on with this person's page.
            if (principal.username !== username) return window.location.reload();
            // Reads that were sent without a session would end it again when they are answered.
            void client.cancelQueries().then(() => {
              signalSignedIn();
              return client.invalidateQueries();
            });
          }}
        />
      </ModalBody>
    </Modal>
  );
}
