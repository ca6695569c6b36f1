import { MenuToggle } from "@patternfly/react-core";
import { UserIcon } from "@patternfly/react-icons/dist/esm/icons/user-icon";
import { lazy, useRef, useState } from "react";
import { useText } from "../messages/catalogue";
import { code } from "./code";
import { OnDemand } from "./OnDemand";
import { useMe } from "./session";
import { shellText } from "./shellText";

const AccountDropdown = lazy(() =>
  code(() => import("./AccountDropdown")).then((module) => ({ default: module.AccountDropdown })),
);

/** The person who is signed in, and the menu that belongs to them. */
export function AccountMenu() {
  const text = useText(shellText);
  const { principal } = useMe();
  const ref = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const [wanted, setWanted] = useState(false);
  const toggle = (
    <MenuToggle
      ref={ref}
      isFullHeight
      isExpanded={open}
      onClick={() => {
        setWanted(true);
        setOpen(!open);
      }}
      icon={<UserIcon />}
      aria-label={text("account", { name: principal.display_name })}
    >
      <span className="shepherd-clip">{principal.display_name}</span>
    </MenuToggle>
  );
  if (!wanted) return toggle;
  return (
    <OnDemand fallback={toggle}>
      <AccountDropdown toggle={toggle} toggleRef={ref} open={open} onOpenChange={setOpen} />
    </OnDemand>
  );
}
