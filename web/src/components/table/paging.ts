import type { Schemas } from "../../api/client";
import { useUrl } from "../../app/url";
import type { Paging } from "./ListFooter";

/** Pages of a list that goes on from a cursor; the cursor stands in the URL. */
export function useCursorPaging(pagination: Schemas["CursorPagination"] | undefined): Paging {
  const [{ cursor }, change] = useUrl();
  const next = pagination?.next_cursor;
  return {
    total: pagination?.total,
    capped: pagination?.more === true && pagination.total >= 1_000,
    inside: cursor !== undefined,
    first: () => change({ cursor: undefined }, { push: true }),
    next: next ? () => change({ cursor: next }, { push: true }) : undefined,
  };
}

/** Pages of a list that is cut by number; the number stands in the URL. */
export function useNumberPaging(pagination: Schemas["Pagination"] | undefined): Paging {
  const [{ page: text }, change] = useUrl();
  const page = Number(text ?? 1);
  const pages = pagination?.total_pages ?? 1;
  const to = (number: number) => () => change({ page: number === 1 ? undefined : String(number) }, { push: true });
  return {
    total: pagination?.total,
    inside: page > 1,
    number: { page, pages },
    previous: page > 1 ? to(page - 1) : undefined,
    next: page < pages ? to(page + 1) : undefined,
  };
}
