import { Modal, ModalBody, ModalHeader, ModalVariant } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useText } from "../messages/catalogue";
import { SignInForm } from "../pages/sign-in/SignInForm";
import { signInText } from "../pages/sign-in/text";
import { signalSignedIn } from "./signedOut";

/** Asks for the password again above the page, when the session has ended; what was typed below stays. */
export function SignInAgain({ username }: { username: string }) {
  const text = useText(signInText);
  const client = useQueryClient();
  // A dialog hides whatever stands beside it from screen readers, at each of its renderings. One that is open below must
  // have this one inside.
  const [below] = useState(() => document.querySelector<HTMLElement>(".pf-v6-c-backdrop"));
  return (
    <Modal variant={ModalVariant.small} isOpen aria-label={text("again")} appendTo={() => (below?.isConnected ? below : document.body)}>
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
