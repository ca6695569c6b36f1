import { useState } from "react";
import { api, type Schemas } from "../../api/client";
import { useDraft } from "../../app/draft";
import { useWrite } from "../../app/write";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { AreaField } from "../../components/fields";
import { ReasonedButton, useWhyNot } from "../../components/ReasonedButton";
import { useToast } from "../../components/Toasts";
import { useText } from "../../messages/catalogue";
import { runText } from "./text";

interface Props {
  ticket: Schemas["TicketDetail"];
}

/** Gives a run up; what it made is taken back. */
export function Abandon({ ticket }: Props) {
  const text = useText(runText);
  const toast = useToast();
  const whyNot = useWhyNot(ticket.allowed_actions);
  const [asking, setAsking] = useState(false);
  const [draft, write, clear] = useDraft(`abandon.${ticket.id}`, { reason: "" });
  const abandon = useWrite<Schemas["Reason"], Schemas["Decision"]>(
    (body, once) => api.POST("/api/v1/tickets/{id}/abandon", { params: { path: { id: ticket.id }, header: once }, body }),
    ["tickets", "steps"],
    () => {
      clear();
      setAsking(false);
      toast(text("abandoned"), "info");
    },
  );
  return (
    <>
      <ReasonedButton variant="secondary" isDanger why={whyNot("abandon")} onClick={() => setAsking(true)}>
        {text("abandon")}
      </ReasonedButton>
      {asking && (
        <ConfirmDialog
          title={text("abandonTitle", { vm: ticket.vm_name })}
          action={text("abandon")}
          danger
          pending={abandon.isPending}
          error={abandon.error}
          disabled={draft.reason.trim() === ""}
          onConfirm={() => abandon.mutate({ reason: draft.reason })}
          onClose={() => setAsking(false)}
        >
          <p className="pf-v6-u-mb-md">{text("abandonSentence", { cluster: ticket.names.cluster ?? "" })}</p>
          <AreaField
            id="abandon-reason"
            label={text("abandonReason")}
            help={text("abandonReasonHelp")}
            value={draft.reason}
            onChange={(reason) => write({ reason })}
            required
            rows={2}
            maxLength={2048}
          />
        </ConfirmDialog>
      )}
    </>
  );
}
