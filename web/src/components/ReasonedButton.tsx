import { Button, Tooltip, type ButtonProps } from "@patternfly/react-core";
import { useRef } from "react";
import type { Schemas } from "../api/client";
import { listed, useLanguage } from "../app/language";
import { useText } from "../messages/catalogue";
import { useRolesWith } from "./NoPermission";
import { commonText } from "./text";

interface Props extends Omit<ButtonProps, "isAriaDisabled"> {
  /** Why it cannot be pressed, in words; absent when it can. */
  why?: string | undefined;
}

/**
 * A button that stays visible when it is not allowed, and says why to everybody, keyboards included. It stays the same
 * element when that changes: who waits on it with the keyboard keeps the focus.
 */
export function ReasonedButton({ why, ...button }: Props) {
  const itself = useRef<HTMLButtonElement>(null);
  return (
    <>
      <Button ref={itself} {...button} isAriaDisabled={why !== undefined} />
      {why !== undefined && <Tooltip triggerRef={itself} content={why} />}
    </>
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

/** Permissions that the contract names for what is done to a ticket. */
const NEEDED = { approve: "governance:approval:decide", abandon: "workflow:execution:abandon" } as const;

/** Why an action of a view is not allowed, in words; undefined when it is. Who lacks a permission is told which, and who holds it. */
export function useWhyNot(actions: readonly Schemas["AllowedAction"][]): (action: string) => string | undefined {
  const whyNot = useWhyNotOf();
  const text = useText(commonText);
  const { locale } = useLanguage();
  const denied = (action: string) => actions.some((each) => each.action === action && each.reason === "PERMISSION_DENIED");
  const holders = { approve: useRolesWith(NEEDED.approve, denied("approve")), abandon: useRolesWith(NEEDED.abandon, denied("abandon")) };
  return (action) => {
    const needed = action === "reject" ? "approve" : action;
    if (!denied(action) || !(needed === "approve" || needed === "abandon") || holders[needed].length === 0) return whyNot(actions, action);
    return text("needsRole", { permission: NEEDED[needed], roles: listed(locale, holders[needed]) });
  };
}

/** Why somebody without a permission cannot press a button, in words; undefined when they hold it. */
export function useWhyNotPermitted(held: readonly string[], permission: string): string | undefined {
  const text = useText(commonText);
  const { locale } = useLanguage();
  const holds = held.includes(permission);
  const roles = useRolesWith(permission, !holds);
  if (holds) return undefined;
  return roles.length === 0 ? text("needs", { permission }) : text("needsRole", { permission, roles: listed(locale, roles) });
}
