import { useRouter, useRouterState } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";

/** Changes to the search parameters; an empty text or undefined takes one away. */
export type Changes = Record<string, string | undefined>;

/** Search parameters of the page: filters, tab, page, selected row. The whole state of a view lives here. */
export function useUrl(): [Readonly<Record<string, string | undefined>>, (changes: Changes, how?: { push?: boolean }) => void] {
  const router = useRouter();
  const search = useRouterState({ select: (state) => state.location.searchStr });
  const values = useMemo(() => Object.fromEntries(new URLSearchParams(search)), [search]);
  const change = useCallback(
    (changes: Changes, how?: { push?: boolean }) => {
      const next = new URLSearchParams(router.state.location.searchStr);
      for (const [name, value] of Object.entries(changes)) {
        if (value === undefined || value === "") next.delete(name);
        else next.set(name, value);
      }
      const text = next.toString();
      const href = router.state.location.pathname + (text === "" ? "" : `?${text}`);
      void router.navigate({ href, replace: how?.push !== true });
    },
    [router],
  );
  return [values, change];
}

/** Goes to a path of `paths`. */
export function useGo(): (href: string, how?: { replace?: boolean }) => void {
  const router = useRouter();
  return useCallback((href, how) => void router.navigate({ href, replace: how?.replace === true }), [router]);
}

/** A parameter in the page's path, such as the id of what it shows. */
export function usePathParam(name: string): string {
  return useRouterState({
    select: (state) => {
      const params = state.matches.at(-1)?.params as Record<string, string> | undefined;
      return params?.[name] ?? "";
    },
  });
}
