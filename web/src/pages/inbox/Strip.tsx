import { Card, CardBody, Flex, FlexItem, Icon, Skeleton } from "@patternfly/react-core";
import { ExclamationCircleIcon } from "@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon";
import { ExclamationTriangleIcon } from "@patternfly/react-icons/dist/esm/icons/exclamation-triangle-icon";
import { HourglassHalfIcon } from "@patternfly/react-icons/dist/esm/icons/hourglass-half-icon";
import { lazy, type ReactNode } from "react";
import { api, type Schemas } from "../../api/client";
import { code } from "../../app/code";
import { useLanguage } from "../../app/language";
import { OnDemand } from "../../app/OnDemand";
import { useRead } from "../../app/read";
import { ProblemAlert } from "../../components/ProblemAlert";
import { span } from "../../components/Time";
import { useText } from "../../messages/catalogue";
import { inboxText } from "./text";

const Histogram = lazy(() => code(() => import("../../components/charts/Histogram")));

/** Ends of bars, in seconds, that the scale names: an hour, a day, a week. */
const TICKS: readonly number[] = [3_600, 86_400, 604_800];

type Summary = Schemas["TicketSummary"];

/** The inbox in numbers and two pictures. */
export function Strip() {
  const text = useText(inboxText);
  const { locale } = useLanguage();
  const { data, error, refetch } = useRead<Summary>(["tickets", "summary"], (signal) =>
    api.GET("/api/v1/tickets/summary", { signal }),
  );
  if (error && !data) {
    return (
      <div className="pf-v6-u-mb-md">
        <ProblemAlert error={error} onRetry={() => void refetch()} />
      </div>
    );
  }
  const median = data?.median_seconds_to_decision;
  const late = data ? data.age_tiers.overdue : 0;
  const old = data ? data.age_tiers.old : 0;
  const soon = data ? data.expiring_in_4h : 0;
  return (
    <Card component="section" aria-label={text("summary")} isCompact className="pf-v6-u-mb-md">
      <CardBody>
        <Flex columnGap={{ default: "columnGapMd" }} rowGap={{ default: "rowGapMd" }} alignItems={{ default: "alignItemsFlexStart" }}>
          <Figure label={text("waitingForMe")} value={data?.waiting_for_me} />
          <Figure
            label={text("oldCount")}
            value={data && old}
            mark={old > 0 && <Icon status="warning" isInline><ExclamationTriangleIcon /></Icon>}
          />
          {late > 0 && <Figure label={text("overdueCount")} value={late} mark={<Icon status="danger" isInline><ExclamationCircleIcon /></Icon>} />}
          <Figure
            label={text("expiring")}
            value={data && soon}
            mark={soon > 0 && <Icon status="warning" isInline><HourglassHalfIcon /></Icon>}
          />
          <Figure label={text("minePending")} value={data?.mine_pending} />
          <Figure label={text("decidedThisWeek")} value={data?.decided_this_week} />
          <Figure
            label={text("median")}
            value={data && (median == null ? text("noMedian") : median === 0 ? text("moment") : span(locale, median * 1_000))}
          />
          <FlexItem>
            <Flex columnGap={{ default: "columnGapLg" }} flexWrap={{ default: "nowrap" }} alignItems={{ default: "alignItemsFlexStart" }}>
              <Distribution title={text("ages")} buckets={data?.age_histogram} />
              <Distribution title={text("durations")} buckets={data?.decision_histogram} />
            </Flex>
          </FlexItem>
        </Flex>
      </CardBody>
    </Card>
  );
}

function Figure({ label, value, mark }: { label: string; value: ReactNode; mark?: ReactNode }) {
  return (
    <FlexItem>
      <div className="shepherd-figure">{value === undefined ? <Skeleton width="3rem" /> : <>{value} {mark}</>}</div>
      <div className="shepherd-subtle">{label}</div>
    </FlexItem>
  );
}

function Distribution({ title, buckets }: { title: string; buckets: Summary["age_histogram"] | undefined }) {
  const text = useText(inboxText);
  const { locale } = useLanguage();
  const bars = (buckets ?? []).map(({ le_seconds, count }) => {
    const range = le_seconds == null ? text("above") : text("below", { time: span(locale, le_seconds * 1_000) });
    return { label: range, count, words: text("bar", { range, count }) };
  });
  const most = Math.max(0, ...bars.map(({ count }) => count));
  const none = most === 0;
  return (
    <FlexItem className="shepherd-distribution">
      <div className="shepherd-chart">
        {!none && <small className="shepherd-subtle shepherd-most" aria-hidden>{most}</small>}
        {buckets && !none && (
          <OnDemand fallback={<Skeleton height="64px" />}>
            <Histogram title={title} bars={bars} />
            <div className="shepherd-scale shepherd-ticks" aria-hidden>
              {buckets.map(({ le_seconds: end }, index) =>
                end != null && TICKS.includes(end) && (
                  <span key={end} style={{ insetInlineStart: `${((index + 1) / buckets.length) * 100}%` }}>
                    {span(locale, end * 1_000)}
                  </span>
                ),
              )}
            </div>
          </OnDemand>
        )}
        {buckets && none && <small className="shepherd-subtle">{text("noneIn")}</small>}
      </div>
      <div className="shepherd-subtle pf-v6-u-font-size-sm">{title}</div>
    </FlexItem>
  );
}
