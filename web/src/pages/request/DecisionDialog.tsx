import { Button, Form, Modal, ModalBody, ModalFooter, ModalHeader, ModalVariant } from "@patternfly/react-core";
import { useId, useLayoutEffect, useRef, type SyntheticEvent, type ReactNode } from "react";
import { NotKnown, Refused } from "../../api/client";
import { AreaField } from "../../components/fields";
import { fieldProblem, ProblemAlert } from "../../components/ProblemAlert";
import { ReasonedButton } from "../../components/ReasonedButton";
import { commonText } from "../../components/text";
import { useText } from "../../messages/catalogue";
import { decideText } from "./decideText";
import { Lost, Recorded, Winner } from "./Outcome";
import type { Ticket } from "./ticket";

interface Props {
  ticket: Ticket;
  as: "APPROVED" | "REJECTED";
  title: string;
  /** What will be, in one sentence. */
  sentence: string;
  action: string;
  clusterName: string;
  reason: string;
  onReason: (reason: string) => void;
  reasonRequired: boolean;
  /** Why it cannot be done now, in words. */
  why: string | undefined;
  write: { isPending: boolean; isSuccess: boolean; error: Error | null; submittedAt: number };
  /** Milliseconds since the epoch when the request was last read. */
  readAt: number;
  onDecide: () => void;
  onClose: () => void;
  /** Between the sentence and the reason. */
  children?: ReactNode;
}

/** One decision: the act in a sentence, its reason, and what came of it in the same place. */
export function DecisionDialog(props: Props) {
  const { ticket, as, title, sentence, action, clusterName, reason, onReason, reasonRequired, why, write, readAt, onDecide, onClose, children } = props;
  const text = useText(decideText);
  const common = useText(commonText);
  const form = useId();
  const lost = write.error instanceof NotKnown;
  const over = ticket.state !== "PENDING";
  const conflict = write.error instanceof Refused && write.error.problem.code === "ALREADY_DECIDED";
  // After a lost answer, the reader's own decision in the request is the answer.
  const mine = lost && over && ticket.approval.state === as && ticket.approval.digest !== undefined;
  const recorded = write.isSuccess || mine;
  const won = !recorded && !write.isPending && over;
  const ready = !recorded && !won && !conflict && !write.isPending && why === undefined && (!reasonRequired || reason.trim() !== "");
  const done = recorded || won;
  const unready = why ?? (conflict ? common("reason_ALREADY_DECIDED") : reasonRequired && reason.trim() === "" ? text("reasonMissing") : undefined);
  const close = useRef<HTMLButtonElement>(null);
  // The button that was pressed is gone; the focus goes on to the one that is left.
  useLayoutEffect(() => {
    if (done) close.current?.focus();
  }, [done]);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (ready) onDecide();
  };
  return (
    <Modal variant={ModalVariant.medium} isOpen onClose={onClose} aria-label={title}>
      <ModalHeader title={title} />
      <ModalBody>
        {recorded && <Recorded ticket={ticket} as={as} clusterName={clusterName} />}
        {won && <Winner ticket={ticket} />}
        {!done && (
          <Form id={form} onSubmit={submit}>
            {lost && <Lost looked={readAt > write.submittedAt} />}
            {write.error && !lost && <ProblemAlert error={write.error} shownFields={["/reason"]} />}
            {why !== undefined && !write.isPending && <p role="status">{why}</p>}
            <p className="shepherd-break">{sentence}</p>
            {children}
            <AreaField
              id="decision-reason"
              label={text("reason")}
              value={reason}
              onChange={onReason}
              required={reasonRequired}
              rows={3}
              autoFocus
              maxLength={2048}
              help={text(reasonRequired ? "reasonNeeded" : "reasonOptional")}
              problem={fieldProblem(write.error, "/reason")}
            />
          </Form>
        )}
      </ModalBody>
      <ModalFooter>
        {!done && (
          <ReasonedButton why={write.isPending ? undefined : unready} type="submit" form={form} variant={as === "REJECTED" ? "danger" : "primary"} isLoading={write.isPending} isDisabled={write.isPending}>
            {action}
          </ReasonedButton>
        )}
        <Button ref={close} variant={done ? "primary" : "link"} onClick={onClose}>
          {common(done ? "close" : "cancel")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
