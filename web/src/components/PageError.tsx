import { Button, EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter } from "@patternfly/react-core";
import { DisconnectedIcon } from "@patternfly/react-icons/dist/esm/icons/disconnected-icon";
import { ExclamationCircleIcon } from "@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon";
import { InfoCircleIcon } from "@patternfly/react-icons/dist/esm/icons/info-circle-icon";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { CodeMissing, whyMissing, type Why } from "../app/code";
import { useText } from "../messages/catalogue";
import { Loading } from "./Loading";
import { commonText } from "./text";

const LOOKS = {
  upgraded: [InfoCircleIcon, "info"],
  away: [DisconnectedIcon, "warning"],
  broken: [ExclamationCircleIcon, "danger"],
} as const;

/** A page that could not be shown: mostly its code is of a release that is gone. Drafts of forms survive the reload. */
export function PageError({ error }: Pick<ErrorComponentProps, "error">) {
  const text = useText(commonText);
  const missing = error instanceof CodeMissing;
  const [why, setWhy] = useState<Why | undefined>(missing ? undefined : "broken");
  useEffect(() => {
    if (missing) void whyMissing().then(setWhy);
  }, [missing]);
  if (why === undefined) return <Loading />;
  const [icon, status] = LOOKS[why];
  return (
    <EmptyState icon={icon} status={status} titleText={text(why)} headingLevel="h1">
      <EmptyStateBody>{text(`${why}Body`)}</EmptyStateBody>
      <EmptyStateFooter>
        <EmptyStateActions>
          <Button onClick={() => window.location.reload()}>{text("reload")}</Button>
        </EmptyStateActions>
      </EmptyStateFooter>
    </EmptyState>
  );
}
