import { QueryClientProvider, type QueryClient } from "@tanstack/react-query";
import { createMemoryHistory, createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, RouterProvider } from "@tanstack/react-router";
import { configure, render, type RenderResult } from "@testing-library/react";
import { PageError } from "../components/PageError";
import { ToastProvider } from "../components/Toasts";
import { code } from "../app/code";
import { LanguageProvider } from "../app/language";
import type { PageEntry } from "../app/pages";
import { queryClient } from "../app/queries";
import { MeContext, type Me } from "../app/session";
import { signalSignedOut } from "../app/signedOut";

// Machines are busy.
configure({ asyncUtilTimeout: 100_000 });

// jsdom has no scrolling.
window.scrollTo = () => undefined;
// Nor does it lay anything out: whatever is asked is as high as a row, so that lists draw some of theirs.
Object.defineProperty(HTMLElement.prototype, "offsetHeight", { configurable: true, get: () => 80 });
Object.defineProperty(document.documentElement, "clientHeight", { configurable: true, value: 800 });
// Nor does it load fonts.
Object.defineProperty(document, "fonts", { configurable: true, value: { ready: Promise.resolve() } });
// Nor does anything change its size.
globalThis.ResizeObserver = class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
};

/** A page that was opened in a test, and what it reads from. */
export interface Opened extends RenderResult {
  client: QueryClient;
}

/** Opens a page as somebody, at its address. */
export function openPage({ path, load }: PageEntry, address: string, me: Me): Opened {
  const root = createRootRoute({
    component: () => (
      <MeContext value={me}>
        <Outlet />
      </MeContext>
    ),
  });
  const route = createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(() => code(load), "Page"), errorComponent: PageError });
  const elsewhere = createRoute({ getParentRoute: () => root, path: "$", component: () => null });
  const router = createRouter({
    routeTree: root.addChildren([route, elsewhere]),
    history: createMemoryHistory({ initialEntries: [address] }),
    parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
    stringifySearch: (search) => {
      const text = new URLSearchParams(search as Record<string, string>).toString();
      return text === "" ? "" : `?${text}`;
    },
  });
  const client = queryClient(signalSignedOut);
  const opened = render(
    <LanguageProvider>
      <QueryClientProvider client={client}>
        <ToastProvider>
          <RouterProvider router={router as never} />
        </ToastProvider>
      </QueryClientProvider>
    </LanguageProvider>,
  );
  return { ...opened, client };
}
