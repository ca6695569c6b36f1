import { BanIcon } from "@patternfly/react-icons/dist/esm/icons/ban-icon";
import { CheckCircleIcon } from "@patternfly/react-icons/dist/esm/icons/check-circle-icon";
import { ExclamationCircleIcon } from "@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon";
import { ExclamationTriangleIcon } from "@patternfly/react-icons/dist/esm/icons/exclamation-triangle-icon";
import { HourglassHalfIcon } from "@patternfly/react-icons/dist/esm/icons/hourglass-half-icon";
import { InProgressIcon } from "@patternfly/react-icons/dist/esm/icons/in-progress-icon";
import { OffIcon } from "@patternfly/react-icons/dist/esm/icons/off-icon";
import { PauseCircleIcon } from "@patternfly/react-icons/dist/esm/icons/pause-circle-icon";
import { PencilAltIcon } from "@patternfly/react-icons/dist/esm/icons/pencil-alt-icon";
import { UndoIcon } from "@patternfly/react-icons/dist/esm/icons/undo-icon";
import { UnknownIcon } from "@patternfly/react-icons/dist/esm/icons/unknown-icon";
import type { ComponentType } from "react";
import { useText } from "../messages/catalogue";
import { Label, type LabelColor } from "./Label";
import { stateText } from "./stateText";

type Look = readonly [LabelColor, ComponentType];

const GOOD: Look = ["green", CheckCircleIcon];
const BAD: Look = ["red", ExclamationCircleIcon];
const BUSY: Look = ["blue", InProgressIcon];
const WAITING: Look = ["yellow", HourglassHalfIcon];
const OVER: Look = ["grey", BanIcon];
const WORRY: Look = ["orange", ExclamationTriangleIcon];

/** Word, icon and colour of every state, by what is in it. */
const LOOKS = {
  ticket: {
    PENDING: WAITING,
    APPROVED: BUSY,
    EXECUTING: BUSY,
    SUCCESS: GOOD,
    REJECTED: OVER,
    CANCELLED: OVER,
    EXPIRED: OVER,
    FAILED: BAD,
  },
  run: {
    RUNNING: BUSY,
    PARKED: ["orange", PauseCircleIcon],
    UNDOING: ["orange", UndoIcon],
    NEEDS_OPERATOR: BAD,
  },
  step: { RUNNING: BUSY, RETRYING: WORRY, DONE: GOOD, FAILED: BAD },
  vm: {
    CREATING: BUSY,
    STARTING: BUSY,
    RUNNING: GOOD,
    STOPPING: BUSY,
    STOPPED: ["grey", OffIcon],
    PAUSED: ["grey", PauseCircleIcon],
    MIGRATING: BUSY,
    DELETING: BUSY,
    FAILED: BAD,
    NOT_FOUND: BAD,
    UNKNOWN: ["grey", UnknownIcon],
  },
  cluster: {
    UNKNOWN: ["grey", UnknownIcon],
    HEALTHY: GOOD,
    UNHEALTHY: BAD,
    UNREACHABLE: BAD,
  },
  template: {
    draft: ["grey", PencilAltIcon],
    active: GOOD,
    deprecated: WORRY,
    archived: OVER,
  },
  dependency: { OK: GOOD, UNAVAILABLE: BAD, UNKNOWN: ["grey", UnknownIcon] },
  usable: { enabled: GOOD, disabled: ["grey", OffIcon] },
  outcome: { SUCCEEDED: GOOD, REFUSED: WORRY, FAILED: BAD },
} as const satisfies Record<string, Record<string, Look>>;

/** What may have a state. */
export type Stateful = keyof typeof LOOKS;

/** A state as word, icon and colour; one that this release does not know is shown as it came. */
export function StateLabel({ of, state }: { of: Stateful; state: string }) {
  const text = useText(stateText);
  const looks: Readonly<Record<string, Look>> = LOOKS[of];
  const [color, Icon] = looks[state] ?? (["grey", UnknownIcon] satisfies Look);
  const key = `${of}_${state}`;
  const word = key in stateText.en ? text(key as keyof (typeof stateText)["en"]) : state;
  return (
    <Label color={color} icon={<Icon />} className="shepherd-nowrap">
      {word}
    </Label>
  );
}
