import { Button, EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter } from "@patternfly/react-core";
import { ExclamationCircleIcon } from "@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { useText } from "../messages/catalogue";
import { commonText } from "./text";

/** A page that could not be shown: mostly its code is of a release that is gone. Drafts of forms survive the reload. */
export function PageError({ error }: ErrorComponentProps) {
  const text = useText(commonText);
  const upgraded = /dynamically imported module|importing a module|module script/i.test(String(error));
  return (
    <EmptyState
      icon={ExclamationCircleIcon}
      status="danger"
      titleText={text(upgraded ? "upgraded" : "broken")}
      headingLevel="h1"
    >
      <EmptyStateBody>{text(upgraded ? "upgradedBody" : "brokenBody")}</EmptyStateBody>
      <EmptyStateFooter>
        <EmptyStateActions>
          <Button onClick={() => window.location.reload()}>{text("reload")}</Button>
        </EmptyStateActions>
      </EmptyStateFooter>
    </EmptyState>
  );
}
