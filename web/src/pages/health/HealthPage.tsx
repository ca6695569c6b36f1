import { Alert, EmptyState, PageSection, Skeleton } from "@patternfly/react-core";
import { HeartbeatIcon } from "@patternfly/react-icons/dist/esm/icons/heartbeat-icon";
import { lazy } from "react";
import type { Schemas } from "../../api/client";
import { code } from "../../app/code";
import { useLanguage, type Locale } from "../../app/language";
import { whole } from "../../app/list";
import { OnDemand } from "../../app/OnDemand";
import { Link } from "../../components/Link";
import { PageHeading } from "../../components/PageHeading";
import { isWell, useStandings, type Standing } from "../../components/standing";
import { StateLabel } from "../../components/StateLabel";
import { stateText } from "../../components/stateText";
import { DataTable, type Column } from "../../components/table/DataTable";
import { absolute, relative, Time, useNow } from "../../components/Time";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { healthText } from "./text";

type Dependency = Schemas["Dependency"];
type Key = keyof (typeof healthText)["en"];

const Timeline = lazy(() => code(() => import("../../components/charts/Timeline")));

const COLORS: Readonly<Record<string, string>> = {
  OK: "var(--pf-t--global--color--status--success--default)",
  UNAVAILABLE: "var(--pf-t--global--color--status--danger--default)",
};
const NOT_KNOWN = "var(--pf-t--global--border--color--default)";
/** Milliseconds between looks; workers look every few seconds. */
const EVERY = 10_000;

/** What Shepherd stands on: state, last good time, effect, history. */
export function Page() {
  const text = useText(healthText);
  const { read: list, of, known } = useStandings(EVERY);
  const items = list.data?.items ?? [];
  const columns: readonly Column<Dependency, Key>[] = [
    { label: "dependency", cell: (row) => <Name row={row} />, modifier: "breakWord", width: 20 },
    { label: "state", cell: (row) => <StateLabel {...of(row)} /> },
    { label: "lastGood", cell: ({ last_good_at }) => (last_good_at ? <Time at={last_good_at} /> : text("never")) },
    { label: "effect", cell: (row) => <Effect row={row} is={of(row)} />, width: 30 },
    { label: "history", cell: ({ history }) => <History history={history} />, width: 25 },
  ];
  return (
    <>
      <PageHeading title={text("title")} subtitle={text("subtitle")} />
      <PageSection>
        {list.data && known && <Summary items={items} of={of} />}
        <DataTable
          label={text("title")}
          texts={healthText}
          columns={columns}
          list={whole(list)}
          // Two clusters of two tenants can have one name.
          id={(row) => `${row.kind} ${row.cluster_id ?? ""} ${row.name} ${items.indexOf(row)}`}
          call={{ path: "/api/v1/health/dependencies" }}
          empty={<EmptyState icon={HeartbeatIcon} titleText={text("none")} headingLevel="h2" />}
        />
      </PageSection>
    </>
  );
}

function Summary({ items, of }: { items: readonly Dependency[]; of: (row: Dependency) => Standing }) {
  const text = useText(healthText);
  const { locale } = useLanguage();
  const name = useName();
  const unknown = items.filter((row) => of(row).state === "UNKNOWN");
  const bad = items.filter((row) => !isWell(of(row)) && !unknown.includes(row));
  const names = (rows: readonly Dependency[]) => new Intl.ListFormat(locale).format(rows.map(name));
  const className = "pf-v6-u-mb-md";
  if (bad.length > 0) return <Alert variant="danger" isInline title={text("someBad", { count: bad.length, names: names(bad) })} className={className} aria-live="polite" />;
  if (unknown.length > 0) return <Alert variant="warning" isInline title={text("someUnknown", { count: unknown.length, names: names(unknown) })} className={className} aria-live="polite" />;
  return (
    <Alert variant="success" isInline title={text("allGood")} className={className}>
      {text("allGoodBody")}
    </Alert>
  );
}

function useName(): (row: Dependency) => string {
  const text = useText(healthText);
  return ({ kind, name, cluster_id }) => {
    const known = (["database", "temporal", "worker"] as const).find((key) => key === kind);
    if (known) return text(known);
    return cluster_id ? text("cluster", { name }) : name;
  };
}

function Name({ row }: { row: Dependency }) {
  const name = useName()(row);
  return row.cluster_id ? <Link to={paths.cluster(row.cluster_id)}>{name}</Link> : <strong>{name}</strong>;
}

function Effect({ row: { kind, state }, is }: { row: Dependency; is: Standing }) {
  const text = useText(healthText);
  // Heard from, and yet nothing can be placed there.
  const key = state === "OK" && !isWell(is) ? "cluster_ill" : `${kind}_${state}`;
  return <>{key in healthText.en ? text(key as Key) : "–"}</>;
}

/** The history as a picture, with the same in words. */
function History({ history }: { history: Dependency["history"] }) {
  const text = useText(healthText);
  const states = useText(stateText);
  const { locale } = useLanguage();
  const word = (state: string) => {
    const key = `dependency_${state}`;
    return key in stateText.en ? states(key as keyof (typeof stateText)["en"]) : state;
  };
  const spans = history.map(({ state, from, to }) => ({ state, from, to, length: new Date(to).getTime() - new Date(from).getTime() }));
  const shown = spans.filter(({ length }) => length > 0);
  const whole = shown.filter(({ state }) => state !== "UNKNOWN").reduce((sum, { length }) => sum + length, 0);
  const good = shown.filter(({ state }) => state === "OK").reduce((sum, { length }) => sum + length, 0);
  const count = shown.filter(({ state }) => state === "UNAVAILABLE").length;
  const oldest = shown[0]?.from;
  const now = useNow(30_000);
  const words = `${text("worked", { share: percent(locale, good, whole) })} · ${text("outages", { count })}`;
  return (
    <>
      <OnDemand fallback={<Skeleton height="28px" />}>
        <Timeline
          title={words}
          stretches={shown.map(({ state, from, to, length }) => ({
            length,
            words: text("spans", { state: word(state), from: absolute(locale, from), to: absolute(locale, to) }),
            color: COLORS[state] ?? NOT_KNOWN,
          }))}
        />
      </OnDemand>
      <div className="shepherd-scale" aria-hidden>
        <span>{oldest === undefined ? "" : relative(locale, oldest, now)}</span>
        <span>{text("now")}</span>
      </div>
      <small className="shepherd-subtle" aria-hidden>
        {words}
      </small>
    </>
  );
}

/** A share that says 100 % only when it is whole. */
function percent(locale: Locale, part: number, whole: number): string {
  const share = whole === 0 ? 0 : part / whole;
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1, roundingMode: "floor" }).format(share);
}
