import {
  Alert,
  AlertActionLink,
  Masthead,
  MastheadBrand,
  MastheadContent,
  MastheadLogo,
  MastheadMain,
  MastheadToggle,
  Nav,
  NavGroup,
  NavItem,
  Page,
  PageSection,
  PageSidebar,
  PageSidebarBody,
  PageToggleButton,
  Toolbar,
  ToolbarContent,
  ToolbarGroup,
  ToolbarItem,
} from "@patternfly/react-core";
import { BarsIcon } from "@patternfly/react-icons/dist/esm/icons/bars-icon";
import { useRouterState } from "@tanstack/react-router";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { Link } from "../components/Link";
import { commonText } from "../components/text";
import { useText } from "../messages/catalogue";
import { paths } from "../paths";
import { AccountMenu } from "./AccountMenu";
import { useConnected } from "./live";
import { NotificationsBell } from "./NotificationsBell";
import { useMissingPart } from "./OnDemand";
import { pages, type NavEntry } from "./pages";
import { useMe } from "./session";
import { shellText } from "./shellText";

const GROUPS: readonly NavEntry["group"][] = ["requests", "machines", "administration", "operations"];
const CONTENT = "content";
/** Milliseconds without events after which people are told. */
const PATIENCE = 5_000;

/** The frame around every page: masthead, navigation, content. */
export function Shell({ children }: { children: ReactNode }) {
  const text = useText(shellText);
  const path = useRouterState({ select: (state) => state.location.pathname });
  useFocusOnChange(path);
  const header = (
    <Masthead>
      <MastheadMain>
        <MastheadToggle>
          <PageToggleButton variant="plain" aria-label={text("toggleNavigation")}>
            <BarsIcon />
          </PageToggleButton>
        </MastheadToggle>
        <MastheadBrand>
          <MastheadLogo component={(props) => <Link {...props} to={paths.home()} />}>
            <img src="/favicon.svg" alt="" width={28} height={28} />
            <strong>{text("product")}</strong>
          </MastheadLogo>
        </MastheadBrand>
      </MastheadMain>
      <MastheadContent>
        <Toolbar isFullHeight isStatic>
          <ToolbarContent>
            <TenantName />
            <ToolbarGroup variant="action-group-plain" align={{ default: "alignEnd" }}>
              <ToolbarItem>
                <NotificationsBell />
              </ToolbarItem>
              <ToolbarItem>
                <AccountMenu />
              </ToolbarItem>
            </ToolbarGroup>
          </ToolbarContent>
        </Toolbar>
      </MastheadContent>
    </Masthead>
  );
  const sidebar = (
    <PageSidebar>
      <PageSidebarBody>
        <Navigation path={path} />
      </PageSidebarBody>
    </PageSidebar>
  );
  const skip = (
    <a className="shepherd-skip" href={`#${CONTENT}`} onClick={() => document.getElementById(CONTENT)?.focus()}>
      {text("skip")}
    </a>
  );
  return (
    <Page masthead={header} sidebar={sidebar} isManagedSidebar skipToContent={skip} mainContainerId={CONTENT} mainTabIndex={-1}>
      <Interrupted />
      <PartMissing />
      {children}
    </Page>
  );
}

/** The tenant, where the person's address has one of its own. */
function TenantName() {
  const { tenant } = useMe();
  const text = useText(shellText);
  if (tenant.slug === "default") return null;
  return (
    <ToolbarItem>
      <span className="shepherd-subtle">{text("tenant")}</span> {tenant.name}
    </ToolbarItem>
  );
}

function Navigation({ path }: { path: string }) {
  const text = useText(shellText);
  const { permissions } = useMe();
  const entries = pages.filter(({ nav }) => nav && mayOpen(nav, permissions));
  // The longest entry that the path begins with: `/requests/mine` is not `/requests`, also for whom it is not listed.
  const active = pages
    .flatMap((page) => (page.nav ? [page.path] : []))
    .filter((entry) => path === entry || (entry !== "/" && path.startsWith(`${entry}/`)))
    .reduce((longest, entry) => (entry.length > longest.length ? entry : longest), "");
  return (
    <Nav aria-label={text("navigation")}>
      {GROUPS.map((group) => {
        const own = entries.filter(({ nav }) => nav?.group === group);
        if (own.length === 0) return null;
        return (
          <NavGroup key={group} title={text(group)}>
            {own.map(({ path: to, nav }) => (
              <NavItem key={to} isActive={to === active} itemId={to}>
                <Link to={to} {...(to === active ? { "aria-current": "page" as const } : {})}>
                  {nav ? text(nav.label) : null}
                </Link>
              </NavItem>
            ))}
          </NavGroup>
        );
      })}
    </Nav>
  );
}

function mayOpen(nav: NavEntry, held: readonly string[]): boolean {
  return nav.permissions.length === 0 || nav.permissions.some((permission) => held.includes(permission));
}

/** Says that what is shown may be old, once that has lasted. */
function Interrupted() {
  const connected = useConnected();
  const text = useText(shellText);
  const [told, setTold] = useState(false);
  useEffect(() => {
    if (connected) {
      setTold(false);
      return;
    }
    const timer = window.setTimeout(() => setTold(true), PATIENCE);
    return () => window.clearTimeout(timer);
  }, [connected]);
  if (!told) return null;
  return (
    <PageSection padding={{ default: "noPadding" }}>
      <Alert variant="warning" isInline isPlain title={text("offline")} />
    </PageSection>
  );
}

/** Says that a part of the page did not come, and why. */
function PartMissing() {
  const why = useMissingPart();
  const text = useText(commonText);
  if (why === undefined) return null;
  const reload = <AlertActionLink onClick={() => window.location.reload()}>{text("reload")}</AlertActionLink>;
  return (
    <PageSection padding={{ default: "noPadding" }}>
      <Alert variant={why === "upgraded" ? "info" : "warning"} isInline title={text(why === "broken" ? "partMissing" : why)} actionLinks={reload}>
        {text(`${why}Body`)}
      </Alert>
    </PageSection>
  );
}

/** Moves the focus to the content when another page is opened, as a page load would. */
function useFocusOnChange(path: string): void {
  const first = useRef(path);
  useEffect(() => {
    if (first.current === path) return;
    first.current = path;
    document.getElementById(CONTENT)?.focus({ preventScroll: true });
  }, [path]);
}
