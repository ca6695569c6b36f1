import { Button, Flex, FlexItem } from "@patternfly/react-core";
import { useLanguage } from "../../app/language";
import { useText } from "../../messages/catalogue";
import { CurlButton, type Call } from "../CurlButton";
import { commonText } from "../text";

/** How a list is cut into pages. */
export interface Paging {
  /** How many there are in all; with `capped`, at least so many. */
  total: number | undefined;
  capped?: boolean;
  /** Whether this is not the first page. */
  inside: boolean;
  first?: (() => void) | undefined;
  previous?: (() => void) | undefined;
  next?: (() => void) | undefined;
  /** "2 of 7", where pages have numbers. */
  number?: { page: number; pages: number };
}

interface Props {
  paging: Paging;
  /** Milliseconds since the epoch; 0 before the first answer. */
  updatedAt: number;
  call: Call;
  keys: boolean;
  /** What further keys do. */
  hint?: string | undefined;
}

/** How many, as of when, the same as curl, and the way to the other pages. */
export function ListFooter({ paging, updatedAt, call, keys, hint }: Props) {
  const text = useText(commonText);
  const { locale } = useLanguage();
  const time = new Intl.DateTimeFormat(locale, { timeStyle: "medium" }).format(updatedAt);
  return (
    <Flex className="pf-v6-u-p-sm" columnGap={{ default: "columnGapMd" }}>
      <FlexItem className="shepherd-subtle" aria-live="polite">
        {paging.total !== undefined && text(paging.capped ? "countMore" : "count", { count: paging.total })}
        {updatedAt > 0 && ` · ${text("asOf", { time })}`}
      </FlexItem>
      <FlexItem>
        <CurlButton call={call} />
      </FlexItem>
      {keys && <FlexItem className="shepherd-subtle">{[text("keys"), hint].filter(Boolean).join("; ")}</FlexItem>}
      <FlexItem align={{ default: "alignRight" }}>
        {paging.number && paging.number.pages > 1 && (
          <span className="shepherd-subtle">{text("page", paging.number)}</span>
        )}
        {paging.inside && paging.first && (
          <Button variant="link" onClick={paging.first}>
            {text("first")}
          </Button>
        )}
        {paging.previous && (
          <Button variant="link" onClick={paging.previous}>
            {text("previous")}
          </Button>
        )}
        {paging.next && (
          <Button variant="link" onClick={paging.next}>
            {text("next")}
          </Button>
        )}
      </FlexItem>
    </Flex>
  );
}
