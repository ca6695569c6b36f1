import { Button, Tooltip, type ButtonProps } from "@patternfly/react-core";
import type { Schemas } from "../api/client";
import { useText } from "../messages/catalogue";
import { useRolesWith } from "./NoPermission";
import { commonText } from "./text";

interface Props extends Omit<ButtonProps, "isAriaDisabled"> {
  /** Why it cannot be pressed, in words; absent when it can. */
  why?: string | undefined;
}

/** A button that stays visible when it is not allowed, and says why to everybody, keyboards included. */
export function ReasonedButton({ why, ...button }: Props) {
  if (why === undefined) return <Button {...button} />;
  return (
    <Tooltip content={why}>
      <Button {...button} isAriaDisabled />
    </Tooltip>
  );
}

const KNOWN = ["PERMISSION_DENIED", "TWO_PERSON_INTEGRITY", "ALREADY_DECIDED", "STATE_CONFLICT"] as const;

/** Why an action is not allowed, by the actions of a view; undefined when it is. */
export type WhyNot = (actions: readonly Schemas["AllowedAction"][], action: string) => string | undefined;

/** Answers why an action of any view is not allowed, in words: for lists, where every row has its own actions. */
export function useWhyNotOf(): WhyNot {
  const text = useText(commonText);
  return (actions, action) => {
    const found = actions.find((each) => each.action === action);
    if (found?.allowed) return undefined;
    const known = KNOWN.find((code) => code === found?.reason);
    return known ? text(`reason_${known}`) : text("reason_OTHER", { code: found?.reason ?? action });
  };
}

/** Why an action of a view is not allowed, in words; undefined when it is. */
export function useWhyNot(actions: readonly Schemas["AllowedAction"][]): (action: string) => string | undefined {
  const whyNot = useWhyNotOf();
  return (action) => whyNot(actions, action);
}

/** Why somebody without a permission cannot press a button, in words; undefined when they hold it. */
export function useWhyNotPermitted(held: readonly string[], permission: string): string | undefined {
  const text = useText(commonText);
  const holds = held.includes(permission);
  const roles = useRolesWith(permission, !holds);
  if (holds) return undefined;
  return roles.length === 0 ? text("needs", { permission }) : text("needsRole", { permission, roles: roles.join(", ") });
}
