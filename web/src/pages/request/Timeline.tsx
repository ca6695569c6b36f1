import { Card, CardBody, CardTitle, ProgressStep, ProgressStepper } from "@patternfly/react-core";
import { useLanguage } from "../../app/language";
import { absolute, Duration } from "../../components/Time";
import { useText } from "../../messages/catalogue";
import { faultText, stepKey } from "../../messages/faults";
import { requestText } from "./text";
import type { Ticket } from "./ticket";

type Step = Ticket["steps"][number];

const VARIANTS = { RUNNING: "info", RETRYING: "warning", DONE: "success", FAILED: "danger" } as const;

/** How a state of a step is drawn. */
export function variantOf(state: string): "info" | "warning" | "success" | "danger" | "pending" {
  return state in VARIANTS ? VARIANTS[state as keyof typeof VARIANTS] : "pending";
}

/** What happened and what is next: who, and when in full. */
export function Timeline({ ticket }: { ticket: Ticket }) {
  const text = useText(requestText);
  const { approval, names, state } = ticket;
  const pending = state === "PENDING";
  const approved = approval.state === "APPROVED";
  const ended = state === "SUCCESS" || state === "FAILED";
  const actor = (name: string | null | undefined, at: string) => (
    <>
      {name && <div>{name}</div>}
      <Moment at={at} />
    </>
  );
  const decided = approval.decided_at ?? ticket.finished_at ?? ticket.updated_at;
  const word = (["APPROVED", "REJECTED", "CANCELLED", "EXPIRED"] as const).find((each) => each === approval.state);
  return (
    <Card isCompact component="section">
      <CardTitle component="h2">{text("timeline")}</CardTitle>
      <CardBody>
        <ProgressStepper className="shepherd-timeline" isCenterAligned aria-label={text("timeline")}>
          <ProgressStep variant="success" id="submitted" titleId="submitted-title" aria-label={text("submitted")} description={actor(names.requester, ticket.created_at)}>
            {text("submitted")}
          </ProgressStep>
          <ProgressStep
            variant={pending ? "info" : approved ? "success" : "warning"}
            isCurrent={pending}
            id="decision"
            titleId="decision-title"
            aria-label={text(word ?? "decision")}
            description={pending ? <>{text("decisionWaits")}<Moment at={approval.expires_at} /></> : actor(word === "EXPIRED" ? undefined : names.decided_by, decided)}
          >
            {text(word ?? "decision")}
          </ProgressStep>
          {(pending || approved) && <Steps steps={ticket.steps} />}
          {(pending || approved) && (
            <ProgressStep
              variant={!ended ? "pending" : state === "SUCCESS" ? "success" : "danger"}
              id="end"
              titleId="end-title"
              aria-label={text("end")}
              description={ended && ticket.finished_at ? <Moment at={ticket.finished_at} /> : text("notYet")}
            >
              {text(state === "FAILED" ? "endFAILED" : "endSUCCESS")}
            </ProgressStep>
          )}
        </ProgressStepper>
      </CardBody>
    </Card>
  );
}

/** A moment as narrow as a step: the day above the time of day, in full when pointed at. */
function Moment({ at }: { at: string }) {
  const { locale } = useLanguage();
  const then = new Date(at);
  const year = then.getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" as const };
  return (
    <time dateTime={at} title={absolute(locale, at)}>
      <div className="shepherd-nowrap">{then.toLocaleDateString(locale, { month: "short", day: "numeric", ...year })}</div>
      <div className="shepherd-nowrap">{then.toLocaleTimeString(locale, { timeStyle: "short" })}</div>
    </time>
  );
}

/** Ends of the step that removes the namespace after which it is still there. */
const STAYS: readonly unknown[] = ["IN_USE", "NOT_OURS"];

function Steps({ steps }: { steps: readonly Step[] }) {
  const text = useText(faultText);
  const words = useText(requestText);
  return steps.map((step) => {
    const key = stepKey(step.name);
    const stays = step.name === "remove_namespace" && STAYS.includes((step.detail as Readonly<Record<string, unknown>>)["removal"]);
    const title = stays ? words("namespaceStays") : key ? text(key) : step.name;
    return (
      <ProgressStep
        key={step.name}
        variant={variantOf(step.state)}
        isCurrent={step.state === "RUNNING" || step.state === "RETRYING"}
        id={step.name}
        titleId={`${step.name}-title`}
        aria-label={title}
        description={<Duration from={step.started_at} to={step.ended_at} />}
      >
        {title}
      </ProgressStep>
    );
  });
}
