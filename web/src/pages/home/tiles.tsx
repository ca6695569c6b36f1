import { Card, CardBody, CardFooter, CardTitle, Skeleton } from "@patternfly/react-core";
import { ExclamationCircleIcon } from "@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon";
import { ExclamationTriangleIcon } from "@patternfly/react-icons/dist/esm/icons/exclamation-triangle-icon";
import { HourglassHalfIcon } from "@patternfly/react-icons/dist/esm/icons/hourglass-half-icon";
import type { ReactNode } from "react";
import { api, type Schemas } from "../../api/client";
import { useLanguage } from "../../app/language";
import { useRead } from "../../app/read";
import { Link } from "../../components/Link";
import { ProblemAlert } from "../../components/ProblemAlert";
import { commonText } from "../../components/text";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { homeText } from "./text";

interface TileProps {
  title: string;
  read: { data?: unknown; error: Error | null; refetch: () => unknown };
  /** The figure, and what it counts. */
  figure: string;
  label: string;
  children?: ReactNode;
  link: { to: string; label: string };
}

/** A figure with what it means and where it leads. */
function Tile({ title, read, figure, label, children, link }: TileProps) {
  const common = useText(commonText);
  return (
    <Card isFullHeight isCompact>
      <CardTitle>
        <h2>{title}</h2>
      </CardTitle>
      <CardBody>
        {read.error && read.data === undefined ? (
          <ProblemAlert error={read.error} onRetry={() => void read.refetch()} />
        ) : read.data === undefined ? (
          <Skeleton fontSize="2xl" width="40%" screenreaderText={common("loading")} />
        ) : (
          <>
            <span className="shepherd-figure">{figure}</span> <span className="shepherd-subtle">{label}</span>
            {children}
          </>
        )}
      </CardBody>
      <CardFooter>
        <Link to={link.to} aria-label={`${link.label}: ${title}`}>
          {link.label}
        </Link>
      </CardFooter>
    </Card>
  );
}

function useSummary() {
  return useRead<Schemas["TicketSummary"]>(["tickets", "summary"], (signal) =>
    api.GET("/api/v1/tickets/summary", { signal }),
  );
}

/** What waits for the reader's decision. */
export function WaitingTile() {
  const text = useText(homeText);
  const { locale } = useLanguage();
  const summary = useSummary();
  const count = summary.data?.waiting_for_me ?? 0;
  const lines = summary.data
    ? ([
        [ExclamationCircleIcon, "waitingOverdue", summary.data.age_tiers.overdue],
        [ExclamationTriangleIcon, "waitingOld", summary.data.age_tiers.old],
        [HourglassHalfIcon, "waitingExpiring", summary.data.expiring_in_4h],
      ] as const)
    : [];
  return (
    <Tile
      title={text("waiting")}
      read={summary}
      figure={count === 0 ? "" : new Intl.NumberFormat(locale).format(count)}
      label={text("waitingLabel", { count })}
      link={{ to: paths.inbox(), label: text("openInbox") }}
    >
      {lines
        .filter(([, , many]) => many > 0)
        .map(([Symbol, key, many]) => (
          <div key={key}>
            <Symbol /> {text(key, { count: many })}
          </div>
        ))}
    </Tile>
  );
}

/** The reader's own requests that wait for others. */
export function PendingTile() {
  const text = useText(homeText);
  const { locale } = useLanguage();
  const summary = useSummary();
  const count = summary.data?.mine_pending ?? 0;
  return (
    <Tile
      title={text("pending")}
      read={summary}
      figure={count === 0 ? "" : new Intl.NumberFormat(locale).format(count)}
      label={text("pendingLabel", { count })}
      link={{ to: paths.myRequests(), label: text("openRequests") }}
    />
  );
}

/** How many VMs there are, and how many of them run. */
export function MachinesTile() {
  const text = useText(homeText);
  const { locale } = useLanguage();
  const all = useCount();
  const running = useCount("RUNNING");
  const { total = 0, more = false } = all.data?.pagination ?? {};
  const figure = new Intl.NumberFormat(locale).format(total);
  return (
    <Tile
      title={text("machines")}
      read={all}
      figure={more ? text("machinesMore", { count: total }) : figure}
      label={text("machinesLabel", { count: total })}
      link={{ to: paths.vms(), label: text("openMachines") }}
    >
      {running.data && total > 0 && <div>{text("running", { count: running.data.pagination.total })}</div>}
    </Tile>
  );
}

function useCount(state?: string) {
  const query = { per_page: 1, ...(state ? { state } : {}) };
  return useRead<Schemas["VmList"]>(["vms", "count", query], (signal) => api.GET("/api/v1/vms", { params: { query }, signal }));
}
