import { MenuToggle } from "@patternfly/react-core";
import { EllipsisVIcon } from "@patternfly/react-icons/dist/esm/icons/ellipsis-v-icon";
import { ActionsColumn } from "@patternfly/react-table";
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
  return (
    <ActionsColumn
      actionsToggle={({ onToggle, isOpen, toggleRef }) => (
        <MenuToggle ref={toggleRef} variant="plain" icon={<EllipsisVIcon />} aria-label={text("actionsOf", { name })} isExpanded={isOpen} onClick={onToggle} />
      )}
      items={acts.map(({ title, onClick, why, danger = false }) => ({
        title,
        onClick,
        isDanger: danger,
        isAriaDisabled: why !== undefined,
        ...(why === undefined ? {} : { tooltipProps: { content: why } }),
      }))}
    />
  );
}
