import { Button, Flex, FlexItem } from "@patternfly/react-core";
import type { List } from "../../app/list";
import { useLanguage } from "../../app/language";
import { useText } from "../../messages/catalogue";
import { CurlButton, type Call } from "../CurlButton";
import { commonText } from "../text";

interface Props {
  list: Pick<List<unknown>, "data" | "total" | "capped" | "complete" | "dataUpdatedAt" | "error" | "refetch">;
  call: Call;
  keys: boolean;
  /** What further keys do. */
  hint?: string | undefined;
}

/** How many, as of when, and the same as curl. It stays in view while the list is scrolled. */
export function ListFooter({ list: { data, total, capped, complete, dataUpdatedAt, error, refetch }, call, keys, hint }: Props) {
  const text = useText(commonText);
  const { locale } = useLanguage();
  const time = new Intl.DateTimeFormat(locale, { timeStyle: "medium" }).format(dataUpdatedAt);
  const read = data?.items.length ?? 0;
  const count = complete ? text("count", { count: read }) : text(capped ? "countOfMore" : "countOf", { read, total: Math.max(total ?? 0, read) });
  return (
    <Flex className="pf-v6-u-p-sm shepherd-list-footer" columnGap={{ default: "columnGapMd" }}>
      <FlexItem className="shepherd-subtle" aria-live="polite">
        {data && count}
        {dataUpdatedAt > 0 && ` · ${text("asOf", { time })}`}
      </FlexItem>
      {error && (
        <FlexItem role="alert">
          {text("notFresh")}{" "}
          <Button variant="link" isInline onClick={() => void refetch()}>
            {text("retry")}
          </Button>
        </FlexItem>
      )}
      <FlexItem>
        <CurlButton call={call} />
      </FlexItem>
      {keys && <FlexItem className="shepherd-subtle">{[text("keys"), hint].filter(Boolean).join("; ")}</FlexItem>}
    </Flex>
  );
}
