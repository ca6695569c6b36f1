import "@patternfly/react-styles/css/components/Label/label.css";
import type { ReactNode } from "react";

/** Colours of PatternFly's labels. */
export type LabelColor = "blue" | "teal" | "green" | "orange" | "purple" | "red" | "yellow" | "grey";

interface Props {
  children: ReactNode;
  color?: LabelColor;
  icon?: ReactNode;
  isCompact?: boolean;
  isOutline?: boolean;
  className?: string;
}

/**
 * PatternFly's label as markup with its classes. Its component looks whether its words are cut short, for which the
 * browser lays out the page again for every label; a list shows hundreds.
 */
export function Label({ children, color = "grey", icon, isCompact = false, isOutline = false, className }: Props) {
  const names = ["pf-v6-c-label", color !== "grey" && `pf-m-${color}`, isOutline && "pf-m-outline", isCompact && "pf-m-compact", className];
  return (
    <span className={names.filter(Boolean).join(" ")}>
      <span className="pf-v6-c-label__content">
        {icon && <span className="pf-v6-c-label__icon">{icon}</span>}
        <span className="pf-v6-c-label__text">{children}</span>
      </span>
    </span>
  );
}
