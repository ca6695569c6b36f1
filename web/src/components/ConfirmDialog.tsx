import { Button, Form, Modal, ModalBody, ModalFooter, ModalHeader, ModalVariant } from "@patternfly/react-core";
import { useState, type SyntheticEvent, type ReactNode } from "react";
import { useText } from "../messages/catalogue";
import { TextField } from "./fields";
import { ProblemAlert } from "./ProblemAlert";
import { ReasonedButton } from "./ReasonedButton";
import { commonText } from "./text";

interface Props {
  title: string;
  /** What will happen, in one sentence. */
  children: ReactNode;
  /** The act itself: "Delete shop", never "OK". */
  action: string;
  /** What leaves all as it is, where "Cancel" could be taken for the act. */
  keep?: string;
  danger?: boolean;
  pending: boolean;
  error: Error | null;
  /** A name that must be typed before the act, with the label of its field. */
  typed?: { name: string; label: string };
  disabled?: boolean;
  /** For what is broader than a sentence. */
  wide?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that cannot be taken back. */
export function ConfirmDialog(props: Props) {
  const { title, children, action, keep, danger = false, pending, error, typed, disabled = false, wide = false, onConfirm, onClose } = props;
  const text = useText(commonText);
  const [name, setName] = useState("");
  const why = disabled ? text("incomplete") : typed !== undefined && name !== typed.name ? text("typeName") : undefined;
  const ready = !pending && why === undefined;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (ready) onConfirm();
  };
  return (
    <Modal variant={wide ? ModalVariant.medium : ModalVariant.small} isOpen onClose={onClose} aria-label={title}>
      <ModalHeader title={title} {...(danger ? { titleIconVariant: "warning" as const } : {})} />
      <ModalBody>
        <Form id="confirm" onSubmit={submit}>
          {error && <ProblemAlert error={error} />}
          <div className="shepherd-break">{children}</div>
          {typed && <TextField id="confirm-name" label={typed.label} value={name} onChange={setName} required autoFocus />}
        </Form>
      </ModalBody>
      <ModalFooter>
        <ReasonedButton why={why} type="submit" form="confirm" variant={danger ? "danger" : "primary"} isLoading={pending} isDisabled={pending}>
          {action}
        </ReasonedButton>
        <Button variant="link" onClick={onClose}>
          {keep ?? text("cancel")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
