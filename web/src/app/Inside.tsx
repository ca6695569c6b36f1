import { Button, EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter } from "@patternfly/react-core";
import { DisconnectedIcon } from "@patternfly/react-icons/dist/esm/icons/disconnected-icon";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { lazy, useEffect } from "react";
import { Refused } from "../api/client";
import { Loading } from "../components/Loading";
import { NotFound } from "../components/NotFound";
import { useText } from "../messages/catalogue";
import { paths } from "../paths";
import { code } from "./code";
import { Live } from "./live";
import { OnDemand } from "./OnDemand";
import { MeContext, useReadMe } from "./session";
import { Shell } from "./Shell";
import { shellText } from "./shellText";
import { useSignedOut } from "./signedOut";
import { useGo } from "./url";

const SignInAgain = lazy(() => code(() => import("./SignInAgain")).then((module) => ({ default: module.SignInAgain })));

/** The route of an address that no page has. */
const NOWHERE = "/inside/$";

/** Everything behind sign-in. Without a session it leads to the sign-in page; a session that ends later is renewed above the page, so that no form is lost. */
export function Inside() {
  const me = useReadMe();
  const signedOut = useSignedOut();
  const text = useText(shellText);
  const go = useGo();
  const here = useRouterState({ select: (state) => state.location.href });
  const refused = me.error instanceof Refused;
  const mustSignIn = refused && !me.data;
  const mustChange = me.data?.must_change_password === true;
  // The address is already the next page's while that page's code is on its way.
  const nowhere = useRouterState({ select: ({ matches }) => matches.at(-1)?.routeId === NOWHERE });
  const leaving = here.startsWith(paths.signIn()) || here.startsWith(paths.password());
  useEffect(() => {
    if (leaving) return;
    if (mustSignIn && !nowhere) go(paths.signIn(here === paths.home() ? undefined : here), { replace: true });
    else if (mustChange) go(paths.password(), { replace: true });
  }, [leaving, nowhere, mustSignIn, mustChange, here, go]);
  if (me.data && !mustChange) {
    return (
      <MeContext value={me.data}>
        <Live>
          <Shell>
            <Outlet />
          </Shell>
          {signedOut && (
            <OnDemand fallback={null}>
              <SignInAgain username={me.data.principal.username} />
            </OnDemand>
          )}
        </Live>
      </MeContext>
    );
  }
  if (me.error && !refused) {
    return (
      <EmptyState icon={DisconnectedIcon} titleText={text("noAnswer")} headingLevel="h1">
        <EmptyStateBody>{text("noAnswerBody")}</EmptyStateBody>
        <EmptyStateFooter>
          <EmptyStateActions>
            <Button onClick={() => void me.refetch()}>{text("tryAgain")}</Button>
          </EmptyStateActions>
        </EmptyStateFooter>
      </EmptyState>
    );
  }
  return mustSignIn && nowhere ? <NotFound /> : <Loading />;
}
