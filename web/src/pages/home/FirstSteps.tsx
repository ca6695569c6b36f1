import { Card, CardBody, EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter, StackItem } from "@patternfly/react-core";
import { ServerIcon } from "@patternfly/react-icons/dist/esm/icons/server-icon";
import { Button } from "@patternfly/react-core";
import type { ReactNode } from "react";
import { useGo } from "../../app/url";
import { Link } from "../../components/Link";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { useOwn } from "./OwnRequests";
import { homeText } from "./text";

/** The way to a first VM, for somebody who has never asked for one; the children for everybody else. */
export function FirstSteps({ children }: { children: ReactNode }) {
  const text = useText(homeText);
  const go = useGo();
  const any = useOwn(undefined, 1);
  if (any.data?.items.length !== 0) return <>{children}</>;
  return (
    <StackItem>
      <Card>
        <CardBody>
          <EmptyState titleText={text("first")} headingLevel="h2" icon={ServerIcon}>
            <EmptyStateBody>{text("firstBody")}</EmptyStateBody>
            <EmptyStateFooter>
              <EmptyStateActions>
                <Button onClick={() => go(paths.newRequest())}>{text("newRequest")}</Button>
              </EmptyStateActions>
              <EmptyStateActions>
                <Link to={paths.catalogue()}>{text("openCatalogue")}</Link>
              </EmptyStateActions>
            </EmptyStateFooter>
          </EmptyState>
        </CardBody>
      </Card>
    </StackItem>
  );
}
