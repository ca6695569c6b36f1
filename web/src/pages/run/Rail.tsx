import { Card, CardBody, CardTitle, ProgressStep, ProgressStepper } from "@patternfly/react-core";
import type { ReactNode } from "react";
import type { Schemas } from "../../api/client";
import { useLanguage } from "../../app/language";
import { FaultNote, readFault } from "../../components/FaultNote";
import { StateLabel } from "../../components/StateLabel";
import { absolute, elapsed, span, useNow } from "../../components/Time";
import { useText } from "../../messages/catalogue";
import { faultText, stepKey } from "../../messages/faults";
import { runText } from "./text";

type Step = Schemas["Step"];

const VARIANTS = { RUNNING: "info", RETRYING: "warning", DONE: "success", FAILED: "danger" } as const;

interface Props {
  title: string;
  /** What the rail is about, in a sentence. */
  body?: string;
  /** Names in the order of execution. */
  names: readonly string[];
  steps: readonly Step[];
  /** Whether steps that have not begun still may. */
  going: boolean;
}

/** Steps from top to bottom, each with all that is known of it. */
export function Rail({ title, body, names, steps, going }: Props) {
  const text = useText(runText);
  const faults = useText(faultText);
  return (
    <Card isCompact component="section" className="pf-v6-u-mb-md">
      <CardTitle component="h2">{title}</CardTitle>
      <CardBody>
        {body && <p className="shepherd-subtle pf-v6-u-mb-md">{body}</p>}
        <ProgressStepper isVertical aria-label={title}>
          {names.map((name) => {
            const step = steps.find((each) => each.name === name);
            const key = stepKey(name);
            const words = key ? faults(key) : name;
            const variant = (VARIANTS as Partial<Record<string, (typeof VARIANTS)[keyof typeof VARIANTS]>>)[step?.state ?? ""] ?? "pending";
            return (
              <ProgressStep
                key={name}
                variant={variant}
                isCurrent={step?.state === "RUNNING" || step?.state === "RETRYING"}
                id={name}
                titleId={`${name}-title`}
                aria-label={words}
                description={step ? <About step={step} /> : text(going ? "notStarted" : "willNot")}
              >
                {words}
              </ProgressStep>
            );
          })}
        </ProgressStepper>
      </CardBody>
    </Card>
  );
}

/** Milliseconds within which two moments count as one. */
const SAME = 60_000;

/** State, time, attempt, the last error and the next try of a step. */
function About({ step }: { step: Step }) {
  const text = useText(runText);
  const { locale } = useLanguage();
  const now = useNow(1_000);
  const fault = readFault(step.fault);
  const open = step.state !== "DONE" && step.state !== "FAILED";
  const end = step.ended_at ? new Date(step.ended_at).getTime() : now;
  const lasted = (step.ended_at ? elapsed : span)(locale, end - new Date(step.started_at).getTime());
  const wait = step.next_try_at ? new Date(step.next_try_at).getTime() - now : undefined;
  const failing = open && step.failing_since ? now - new Date(step.failing_since).getTime() : undefined;
  // What has failed from its beginning is said once.
  const always = failing !== undefined && Math.abs(now - failing - new Date(step.started_at).getTime()) < SAME;
  const parts: ReactNode[] = [
    ...(always ? [] : [<span key="time" title={absolute(locale, step.started_at)}>{text(step.ended_at ? "took" : "since", { time: lasted })}</span>]),
    ...(failing === undefined ? [] : [<span key="failing" title={absolute(locale, new Date(now - failing))}>{text("failingSince", { time: span(locale, failing) })}</span>]),
    text("attempt", { attempt: step.attempt }),
    ...(open && wait !== undefined ? [wait > 0 ? text("nextTry", { time: span(locale, wait) }) : text("nextTryNow")] : []),
  ];
  return (
    <div className="shepherd-step">
      <StateLabel of="step" state={step.state} />{" "}
      {parts.map((part, index) => (
        <span key={index}>
          {index > 0 && " · "}
          {part}
        </span>
      ))}
      <Detail step={step} />
      {fault && step.state !== "DONE" && (
        <div className="pf-v6-u-mt-sm">
          <FaultNote fault={fault} variant={step.state === "FAILED" ? "danger" : "warning"} />
        </div>
      )}
    </div>
  );
}

const REMOVALS = ["REMOVED", "ABSENT", "NOT_OURS", "IN_USE"] as const;

/** What a step says it did, where this release has words for it. */
function Detail({ step }: { step: Step }) {
  const text = useText(runText);
  const detail = step.detail as Readonly<Record<string, unknown>>;
  const namespace = detail["namespace"];
  const removal = REMOVALS.find((each) => each === detail["removal"]);
  const words =
    typeof namespace === "string"
      ? text(detail["created"] === true ? "madeNamespace" : "foundNamespace", { namespace })
      : removal && text(removal);
  return words ? <div className="shepherd-subtle shepherd-break">{words}</div> : null;
}
