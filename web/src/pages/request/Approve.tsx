import { useState } from "react";
import { api, Refused, type Schemas } from "../../api/client";
import { useWrite } from "../../app/write";
import { CopyId } from "../../components/CopyId";
import { useWhyNot } from "../../components/ReasonedButton";
import { useSizeWords } from "../../components/Size";
import { keepsDisk } from "../../components/sizes";
import { useText } from "../../messages/catalogue";
import { useChanges } from "./changes";
import { askedDisk, bodyOf, type Choice, type PreviewRead } from "./choice";
import { DecisionDialog } from "./DecisionDialog";
import { decideText } from "./decideText";
import { differences } from "./manifest";
import { Changed } from "./Outcome";
import type { Offer, Ticket } from "./ticket";

interface Props {
  ticket: Ticket;
  offer: Offer;
  readAt: number;
  clusterName: string | undefined;
  choice: Choice;
  preview: PreviewRead;
  modificationReason: string;
  reason: string;
  onReason: (reason: string) => void;
  onDone: () => void;
  onClose: () => void;
}

type Body = Schemas["TicketApprove"];

/** Approves exactly what was seen. When that has changed meanwhile, it says what, and nothing is decided. */
export function Approve(props: Props) {
  const { ticket, offer, readAt, clusterName, choice, preview, modificationReason, reason, onReason, onDone, onClose } = props;
  const text = useText(decideText);
  const words = useSizeWords();
  const whyNot = useWhyNot(ticket.allowed_actions);
  const changes = useChanges(ticket, offer, choice.modified);
  const now = preview.isPlaceholderData ? undefined : preview.data;
  const [seen, setSeen] = useState(now);
  // Opened by its address, before the first preview was there.
  if (seen === undefined && now !== undefined) setSeen(now);
  const write = useWrite<Body, Schemas["Approved"]>(
    (body, once) => api.POST("/api/v1/tickets/{id}/approve", { params: { path: { id: ticket.id }, header: once }, body }),
    ["tickets", "vms"],
    onDone,
  );
  const mismatch = write.error instanceof Refused && write.error.problem.code === "APPROVAL_SNAPSHOT_MISMATCH";
  const changed = seen !== undefined && now !== undefined && seen.digest !== now.digest && !write.isSuccess && !write.isPending;
  const environment = ticket.names.environment;
  const size = choice.modified ?? (offer.size && { ...offer.size, disk_gib: keepsDisk(offer.template) ? (askedDisk(ticket) ?? null) : null });
  const cluster = clusterName ?? "–";
  const decide = () => {
    const approved = changed ? now : seen;
    if (!approved || choice.clusterId === undefined) return;
    setSeen(approved);
    write.mutate({
      digest: approved.digest,
      cluster_id: choice.clusterId,
      ...bodyOf(choice),
      ...(choice.modified ? { modification_reason: modificationReason } : {}),
      ...(reason.trim() === "" ? {} : { reason }),
    });
  };
  const unready =
    whyNot("approve") ??
    (choice.clusterId === undefined
      ? text("noUsable")
      : preview.error
        ? text("noPreview")
        : seen === undefined
          ? text("previewing")
          : choice.modified && modificationReason.trim() === ""
            ? text("resizeReasonNeeded")
            : undefined);
  return (
    <DecisionDialog
      ticket={ticket}
      as="APPROVED"
      title={text("approveTitle", { environment })}
      sentence={text("approveSentence", {
        vm: ticket.vm_name,
        cluster,
        namespace: seen?.namespace ?? ticket.names.namespace,
        size: size ? words(size) : "",
      })}
      action={changed ? text("approveNew") : text("approveAction", { environment })}
      clusterName={cluster}
      reason={reason}
      onReason={onReason}
      reasonRequired={false}
      why={unready}
      // A mismatch is told by what has changed.
      write={{ ...write, error: mismatch && changed ? null : write.error }}
      readAt={readAt}
      onDecide={decide}
      onClose={onClose}
    >
      {changes !== "" && (
        <div className="shepherd-break">
          <strong>{changes}</strong>
          <div className="shepherd-pre" dir="auto">{modificationReason}</div>
        </div>
      )}
      {changed && <Changed differences={differences(seen.manifest, now.manifest)} />}
      {seen && (
        <div>
          <span className="shepherd-subtle">{text("digest")}</span> <CopyId id={(changed ? now : seen).digest} short />
        </div>
      )}
    </DecisionDialog>
  );
}
