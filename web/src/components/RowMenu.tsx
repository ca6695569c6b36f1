import { Dropdown, DropdownItem, DropdownList, MenuToggle } from "@patternfly/react-core";
import { EllipsisVIcon } from "@patternfly/react-icons/dist/esm/icons/ellipsis-v-icon";
import { useState } from "react";
import { useText } from "../messages/catalogue";
import { commonText } from "./text";

/** Something that can be done with a row. */
export interface RowAct {
  title: string;
  onClick: () => void;
  /** Why it cannot be done, in words; absent when it can. */
  why?: string | undefined;
  danger?: boolean;
}

/** What can be done with a row, as a menu at its end. */
export function RowMenu({ name, acts }: { name: string; acts: readonly RowAct[] }) {
  const text = useText(commonText);
  const [open, setOpen] = useState(false);
  return (
    <Dropdown
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={() => setOpen(false)}
      popperProps={{ position: "end" }}
      toggle={(ref) => (
        <MenuToggle ref={ref} variant="plain" size="sm" icon={<EllipsisVIcon />} aria-label={text("actionsOf", { name })} isExpanded={open} onClick={() => setOpen(!open)} />
      )}
    >
      <DropdownList>
        {acts.map(({ title, onClick, why, danger = false }) => (
          <DropdownItem key={title} onClick={onClick} isDanger={danger} isAriaDisabled={why !== undefined} {...(why === undefined ? {} : { tooltipProps: { content: why } })}>
            {title}
          </DropdownItem>
        ))}
      </DropdownList>
    </Dropdown>
  );
}
