import {
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
} from "@patternfly/react-core";
import type { ReactNode } from "react";

interface Props {
  /** Words and what they are about; what is undefined is left out. */
  facts: readonly (readonly [label: string, value: ReactNode])[];
  columns?: 1 | 2 | 3;
  /** Words beside what they are about even in several columns, where height is dear. */
  beside?: boolean;
}

/** What is known about something, as pairs. */
export function Facts({ facts, columns = 1, beside = columns === 1 }: Props) {
  return (
    <DescriptionList
      isHorizontal={beside}
      isCompact
      {...(beside && columns > 1 ? { className: "shepherd-facts-beside", horizontalTermWidthModifier: { default: "6rem" } } : {})}
      columnModifier={{ default: "1Col", xl: `${columns}Col` as const }}
    >
      {facts
        .filter(([, value]) => value !== undefined)
        .map(([label, value]) => (
          <DescriptionListGroup key={label}>
            <DescriptionListTerm>{label}</DescriptionListTerm>
            <DescriptionListDescription className="shepherd-break">{value}</DescriptionListDescription>
          </DescriptionListGroup>
        ))}
    </DescriptionList>
  );
}
