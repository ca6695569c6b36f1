import { Card, CardBody, CardFooter, CardTitle, Flex } from "@patternfly/react-core";
import { useState } from "react";
import { api, type Schemas } from "../../api/client";
import { listed, useLanguage } from "../../app/language";
import { useMe } from "../../app/session";
import { useWrite } from "../../app/write";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { Facts } from "../../components/Facts";
import { Link } from "../../components/Link";
import { ReasonedButton, useWhyNot } from "../../components/ReasonedButton";
import { StateLabel } from "../../components/StateLabel";
import { Countdown, Time } from "../../components/Time";
import { useToast } from "../../components/Toasts";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { decideText } from "./decideText";
import { requestText } from "./text";
import { isActive, type Ticket } from "./ticket";

const ENDED = ["EXECUTING", "APPROVED", "SUCCESS", "FAILED", "REJECTED", "CANCELLED", "EXPIRED"] as const;

/** For everybody who does not decide: whom it waits for and until when, or what came of it and what is next. */
export function StatusPanel({ ticket }: { ticket: Ticket }) {
  const text = useText(decideText);
  const words = useText(requestText);
  const own = useMe().principal.id === ticket.requester_id;
  const { approval, names, approvers, state } = ticket;
  const pending = state === "PENDING";
  const whyNot = useWhyNot(ticket.allowed_actions);
  // Somebody who may decide about others' requests is told why not about this one.
  const dependent = ticket.allowed_actions.some(({ action, reason }) => action === "approve" && reason === "TWO_PERSON_INTEGRITY");
  // Only a decision could have had a reason, and whoever changed the resources has given one.
  const silent = approval.decided_at && !approval.modification_reason && state !== "CANCELLED" && state !== "EXPIRED";
  const said = approval.reason || (silent ? words("noReason") : undefined);
  const next = ENDED.find((each) => each === state);
  const shown = listed(useLanguage().locale, approvers.names);
  const waits = approvers.total === 0 ? text("waitsForNobody") : text("waitsForNames", { names: shown, more: approvers.total - approvers.names.length });
  return (
    <Card isCompact component="section" className="shepherd-panel">
      <CardTitle component="h2">{text(own ? "yourRequest" : "request")}</CardTitle>
      <CardBody className="shepherd-panel-body">
        <div className="pf-v6-u-mb-md">
          <StateLabel of="ticket" state={state} /> {ticket.run_state && ticket.run_state !== "RUNNING" && <StateLabel of="run" state={ticket.run_state} />}
        </div>
        <Facts
          facts={[
            [text("waitsFor"), pending ? waits : undefined],
            [text("until"), pending ? <><Countdown until={approval.expires_at} /><div className="shepherd-subtle pf-v6-u-font-size-sm">{text("untilNote")}</div></> : undefined],
            // The deadline is nobody's decision, although the server writes down who noticed it.
            [text(state === "CANCELLED" ? "cancelledBy" : "decidedBy"), state === "EXPIRED" ? undefined : (names.decided_by ?? undefined)],
            [text(state === "CANCELLED" ? "cancelledAt" : state === "EXPIRED" ? "expiredAt" : "decidedAt"), approval.decided_at ? <Time at={approval.decided_at} /> : undefined],
            [words("decisionReason"), said ? <Said>{said}</Said> : undefined],
            [words("changeReason"), approval.modification_reason ? <Said>{approval.modification_reason}</Said> : undefined],
            [text("onCluster"), names.cluster ?? undefined],
            [text("theVm"), ticket.vm_id && state !== "FAILED" ? <Link to={paths.vm(ticket.vm_id)}>{ticket.vm_name}</Link> : undefined],
          ]}
        />
        {next && <p className="pf-v6-u-mt-md">{text(`next${next}`)}</p>}
        {isActive(state) && (
          <p className="pf-v6-u-mt-sm">
            <Link to={paths.run(ticket.id)}>{text("seeRun")}</Link>
          </p>
        )}
      </CardBody>
      {own && pending && (
        <CardFooter>
          <Flex columnGap={{ default: "columnGapSm" }} rowGap={{ default: "rowGapSm" }}>
            <Cancel ticket={ticket} />
            {dependent && <ReasonedButton variant="secondary" why={whyNot("approve")}>{text("approve")}</ReasonedButton>}
          </Flex>
          {dependent && <p className="pf-v6-u-mt-sm pf-v6-u-font-size-sm shepherd-subtle">{whyNot("approve")}</p>}
        </CardFooter>
      )}
    </Card>
  );
}

/** Words of a person, as they came. */
function Said({ children }: { children: string }) {
  return <span className="shepherd-pre" dir="auto">{children}</span>;
}

function Cancel({ ticket }: { ticket: Ticket }) {
  const text = useText(decideText);
  const toast = useToast();
  const whyNot = useWhyNot(ticket.allowed_actions);
  const [asking, setAsking] = useState(false);
  const cancel = useWrite<string, Schemas["Decision"]>(
    (id, once) => api.POST("/api/v1/tickets/{id}/cancel", { params: { path: { id }, header: once } }),
    ["tickets"],
    () => {
      setAsking(false);
      toast(text("cancelled"));
    },
  );
  return (
    <>
      <ReasonedButton variant="secondary" isDanger why={whyNot("cancel")} onClick={() => setAsking(true)}>
        {text("cancel")}
      </ReasonedButton>
      {asking && (
        <ConfirmDialog
          title={text("cancelTitle", { vm: ticket.vm_name })}
          action={text("cancel")}
          keep={text("keep")}
          danger
          pending={cancel.isPending}
          error={cancel.error}
          onConfirm={() => cancel.mutate(ticket.id)}
          onClose={() => setAsking(false)}
        >
          {text("cancelSentence")}
        </ConfirmDialog>
      )}
    </>
  );
}
