import type { Schemas } from "../../api/client";
import { useText } from "../../messages/catalogue";
import { faultText, stepKey } from "../../messages/faults";
import { actionKey, actionText } from "./actionText";
import { attemptText } from "./attemptText";
import { auditText } from "./text";

/** What a record needs to be said in words. */
export type Said = Pick<Schemas["AuditRecord"], "action" | "outcome" | "details" | "resource">;

const STEP_STATES = ["RUNNING", "RETRYING", "DONE", "FAILED"] as const;

/** Says what was done, or tried in vain: a refused approval is no approval. Actions of another release stay as they came. */
export function useRecordWords(): (record: Said) => string {
  const done = useText(actionText);
  const tried = useText(attemptText);
  const text = useText(auditText);
  const step = useStepWords();
  return ({ action, outcome, details, resource }) => {
    const key = actionKey(action);
    if (!key) return action;
    const { step: name, state } = details as Readonly<Record<string, unknown>>;
    const known = STEP_STATES.find((each) => each === state);
    if (action === "execution.step" && typeof name === "string" && known) return text("stepIs", { step: step(name), state: known });
    // Told of a cluster, it is about all of its VMs at once.
    if (action === "vm.state_change" && resource.type === "cluster") return text("lostSight");
    return outcome === "SUCCEEDED" ? done(key) : tried(key);
  };
}

/** Whether a record says that something began, of which another one tells the end. */
export function isBeginning({ action, details }: Pick<Said, "action" | "details">): boolean {
  return action === "execution.step" && (details as Readonly<Record<string, unknown>>)["state"] === "RUNNING";
}

/** The words of a step of a run. */
export function useStepWords(): (name: string) => string {
  const steps = useText(faultText);
  return (name) => {
    const key = stepKey(name);
    return key ? steps(key) : name;
  };
}

/** The words of what a record is about. */
export function useTypeWords(): (type: string) => string {
  const text = useText(auditText);
  return (type) => {
    const key = `type_${type}`;
    return key in auditText.en ? text(key as keyof (typeof auditText)["en"]) : type;
  };
}
