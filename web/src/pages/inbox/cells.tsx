import { Button, Icon } from "@patternfly/react-core";
import { ClockIcon } from "@patternfly/react-icons/dist/esm/icons/clock-icon";
import { ExclamationCircleIcon } from "@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon";
import { ExclamationTriangleIcon } from "@patternfly/react-icons/dist/esm/icons/exclamation-triangle-icon";
import type { Schemas } from "../../api/client";
import { useLanguage } from "../../app/language";
import { useUrl } from "../../app/url";
import { EnvironmentLabel } from "../../components/EnvironmentLabel";
import { Link } from "../../components/Link";
import { useWhyNotOf } from "../../components/ReasonedButton";
import { useSizeWords } from "../../components/Size";
import { StateLabel } from "../../components/StateLabel";
import { Countdown, span, Time, useNow } from "../../components/Time";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { inboxText } from "./text";

type Row = Schemas["TicketRow"];

const TIERS = {
  CALM: [ClockIcon, undefined],
  OLD: [ExclamationTriangleIcon, "warning"],
  OVERDUE: [ExclamationCircleIcon, "danger"],
} as const;

function tierOf(tier: string | null | undefined): keyof typeof TIERS | undefined {
  return tier === "CALM" || tier === "OLD" || tier === "OVERDUE" ? tier : undefined;
}

/** How long a request has waited, and whether that is long. */
export function Age({ row }: { row: Row }) {
  const text = useText(inboxText);
  const { locale } = useLanguage();
  const now = useNow(30_000);
  const tier = tierOf(row.age_tier);
  if (!tier) return <Time at={row.created_at} />;
  const [Symbol, status] = TIERS[tier];
  // What has not waited long needs no word.
  return (
    <span className="shepherd-nowrap">
      <Icon isInline {...(status ? { status } : {})}>
        <Symbol />
      </Icon>{" "}
      {span(locale, now - new Date(row.created_at).getTime())}
      {tier !== "CALM" && (
        <>
          <br />
          <small className="shepherd-subtle">{text(tier)}</small>
        </>
      )}
    </span>
  );
}

/** The VM that is asked for. */
export function What({ row }: { row: Row }) {
  const words = useSizeWords();
  return (
    <>
      <Link to={paths.request(row.id)} className="shepherd-break">
        {row.vm_name}
      </Link>
      <br />
      <small className="shepherd-subtle">
        {words(row.size)}
      </small>
    </>
  );
}

/** Where it is asked for. */
export function Where({ row: { names } }: { row: Row }) {
  return (
    <>
      <span className="shepherd-break">{names.namespace}</span> <EnvironmentLabel environment={names.environment} />
      <br />
      <small className="shepherd-subtle shepherd-break">
        {names.system} / {names.service}
      </small>
    </>
  );
}

/** Who asks; narrows the list to that person. */
export function Who({ row }: { row: Row }) {
  const text = useText(inboxText);
  const whyNot = useWhyNotOf();
  const [, change] = useUrl();
  const { requester } = row.names;
  const why = row.state === "PENDING" ? whyNot(row.allowed_actions, "approve") : undefined;
  return (
    <>
      <Button
        variant="link"
        isInline
        className="shepherd-break"
        onClick={() => change({ requester_id: row.requester_id })}
        aria-label={text("onlyOf", { name: requester })}
      >
        {requester}
      </Button>
      {why && (
        <>
          <br />
          <small className="shepherd-subtle">{why}</small>
        </>
      )}
    </>
  );
}

/** Time left to decide; nothing once that is over. */
export function Deadline({ row }: { row: Row }) {
  return row.state === "PENDING" ? <Countdown until={row.deadline_at} /> : null;
}

/** When it was decided and by whom, or until when it can be; nobody decides what time has ended. */
export function Decision({ row }: { row: Row }) {
  const text = useText(inboxText);
  if (!row.decided_at) return <Deadline row={row} />;
  return (
    <>
      <Time at={row.decided_at} />
      {row.names.decided_by && row.state !== "EXPIRED" && (
        <>
          <br />
          <small className="shepherd-subtle shepherd-break">{text("byWhom", { name: row.names.decided_by })}</small>
        </>
      )}
    </>
  );
}

/** State of the request. */
export function State({ row }: { row: Row }) {
  return <StateLabel of="ticket" state={row.state} />;
}
