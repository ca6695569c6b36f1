import { Alert, List, ListItem } from "@patternfly/react-core";
import { useLanguage } from "../../app/language";
import { useMe } from "../../app/session";
import { Link } from "../../components/Link";
import { stateText } from "../../components/stateText";
import { relative, useNow } from "../../components/Time";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { decideText } from "./decideText";
import type { Difference } from "./manifest";
import type { Ticket } from "./ticket";

/** The reader's decision is stored: what follows, in the same place. */
export function Recorded({ ticket, as, clusterName }: { ticket: Ticket; as: "APPROVED" | "REJECTED"; clusterName: string }) {
  const text = useText(decideText);
  // The dialog can be read when the run has long begun, or is over.
  const stage = (["EXECUTING", "SUCCESS", "FAILED"] as const).find((each) => each === ticket.state) ?? "Started";
  if (as === "REJECTED") {
    return (
      <Alert variant="success" isInline isLiveRegion title={text("recordedREJECTED")}>
        {text("recordedRejectedBody", { requester: ticket.names.requester })}
      </Alert>
    );
  }
  return (
    <Alert variant="success" isInline isLiveRegion title={text("recordedAPPROVED")} actionLinks={<Link to={paths.run(ticket.id)}>{text("seeRun")}</Link>}>
      {text(`recorded${stage}`, { cluster: clusterName })}
    </Alert>
  );
}

/** Somebody, or time, was first: who, when and why. */
export function Winner({ ticket }: { ticket: Ticket }) {
  const text = useText(decideText);
  const states = useText(stateText);
  const { locale } = useLanguage();
  const now = useNow(1_000);
  const me = useMe().principal.id;
  const { approval, names } = ticket;
  const key = `ticket_${approval.state}`;
  const state = key in stateText.en ? states(key as keyof (typeof stateText)["en"]) : approval.state;
  // The deadline is nobody's decision, although Shepherd writes it down.
  const person = approval.state === "EXPIRED" ? undefined : names.decided_by;
  const title = person ? text(approval.decided_by === me ? "wonSelf" : "wonTitle", { name: person, state }) : text("wonOver", { state });
  return (
    <Alert variant="warning" isInline isLiveRegion title={title} className="shepherd-break">
      {approval.decided_at && <p>{text("wonAt", { time: relative(locale, approval.decided_at, now) })}</p>}
      {approval.reason && <p dir="auto" className="shepherd-pre">{text("wonReason", { reason: approval.reason })}</p>}
      {approval.decided_by !== me && <p>{text("wonNothing")}</p>}
    </Alert>
  );
}

/** The answer was lost: the truth is looked up before anything is said. */
export function Lost({ looked }: { looked: boolean }) {
  const text = useText(decideText);
  return (
    <Alert variant="warning" isInline isLiveRegion title={text("lostTitle")}>
      {text(looked ? "lostPending" : "lostBody")}
    </Alert>
  );
}

const SHOWN = 8;

/** What was previewed is not what would be applied now. */
export function Changed({ differences }: { differences: readonly Difference[] }) {
  const text = useText(decideText);
  return (
    <Alert variant="warning" isInline isLiveRegion title={text("changedTitle")} className="shepherd-break">
      <p>{text("changedBody")}</p>
      <List>
        {differences.slice(0, SHOWN).map(({ path, before, after }) => (
          <ListItem key={path}>
            <span className="shepherd-mono">{path}</span>: {text("changedFrom", { before: before ?? text("nothing"), after: after ?? text("nothing") })}
          </ListItem>
        ))}
        {differences.length > SHOWN && <ListItem>…</ListItem>}
      </List>
    </Alert>
  );
}
