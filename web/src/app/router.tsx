import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from "@tanstack/react-router";
import { NotFound } from "../components/NotFound";
import { PageError } from "../components/PageError";
import { Loading } from "../components/Loading";
import { code } from "./code";
import { pages } from "./pages";
import { Inside } from "./Inside";

const root = createRootRoute({ component: Outlet });

const inside = createRoute({ getParentRoute: () => root, id: "inside", component: Inside });

const outside = [
  { path: "/sign-in", load: () => import("../pages/sign-in/SignInPage") },
  { path: "/set-up", load: () => import("../pages/set-up/SetUpPage") },
  { path: "/password", load: () => import("../pages/password/PasswordPage") },
].map(({ path, load }) =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(() => code(load), "Page") }),
);

const within = pages.map(({ path, load }) =>
  createRoute({ getParentRoute: () => inside, path, component: lazyRouteComponent(() => code(load), "Page") }),
);

/** An address of no page: told within the frame to whoever is signed in. */
const nowhere = createRoute({ getParentRoute: () => inside, path: "$", component: NotFound });

/** The router. Search parameters are plain text, so that a link reads as it was written. */
export const router = createRouter({
  routeTree: root.addChildren([...outside, inside.addChildren([...within, nowhere])]),
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(search as Record<string, string>).toString();
    return text === "" ? "" : `?${text}`;
  },
  defaultPendingComponent: Loading,
  defaultErrorComponent: PageError,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: true,
});
