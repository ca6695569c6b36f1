import { api, type Schemas } from "../../api/client";
import { useWrite } from "../../app/write";
import { useWhyNot } from "../../components/ReasonedButton";
import { useText } from "../../messages/catalogue";
import { DecisionDialog } from "./DecisionDialog";
import { decideText } from "./decideText";
import type { Ticket } from "./ticket";

interface Props {
  ticket: Ticket;
  readAt: number;
  reason: string;
  onReason: (reason: string) => void;
  onDone: () => void;
  onClose: () => void;
}

/** Rejects, with the reason that the requester will read. */
export function Reject({ ticket, readAt, reason, onReason, onDone, onClose }: Props) {
  const text = useText(decideText);
  const whyNot = useWhyNot(ticket.allowed_actions);
  const write = useWrite<Schemas["Reason"], Schemas["Decision"]>(
    (body, once) => api.POST("/api/v1/tickets/{id}/reject", { params: { path: { id: ticket.id }, header: once }, body }),
    ["tickets"],
    onDone,
  );
  return (
    <DecisionDialog
      ticket={ticket}
      as="REJECTED"
      title={text("rejectTitle")}
      sentence={text("rejectSentence", { vm: ticket.vm_name, requester: ticket.names.requester })}
      action={text("rejectAction")}
      clusterName=""
      reason={reason}
      onReason={onReason}
      reasonRequired
      why={whyNot("reject")}
      write={write}
      readAt={readAt}
      onDecide={() => write.mutate({ reason })}
      onClose={onClose}
    />
  );
}
