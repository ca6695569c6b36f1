import { Card, CardBody, CardHeader, CardTitle, EmptyState, EmptyStateBody, Label, PageSection, Skeleton, Stack, StackItem } from "@patternfly/react-core";
import { CheckCircleIcon } from "@patternfly/react-icons/dist/esm/icons/check-circle-icon";
import { ExclamationTriangleIcon } from "@patternfly/react-icons/dist/esm/icons/exclamation-triangle-icon";
import { Table, Tbody, Td, Th, Thead, Tr } from "../../components/table/Table";
import { api, type Schemas } from "../../api/client";
import { useEverything } from "../../app/everything";
import { unreadable, whole } from "../../app/list";
import { useUrl } from "../../app/url";
import { readFault } from "../../components/FaultNote";
import { FilterBar } from "../../components/FilterBar";
import { Link } from "../../components/Link";
import { missingPermission, NoPermission } from "../../components/NoPermission";
import { PageHeading } from "../../components/PageHeading";
import { ProblemAlert } from "../../components/ProblemAlert";
import { useStandings, type Standing } from "../../components/standing";
import { StateLabel } from "../../components/StateLabel";
import { ListFooter } from "../../components/table/ListFooter";
import { Countdown, Time } from "../../components/Time";
import { useText } from "../../messages/catalogue";
import { faultKeys, faultText, stepKey } from "../../messages/faults";
import { paths } from "../../paths";
import { grouped, type Group } from "./group";
import { stuckText } from "./text";

type OpenStep = Schemas["OpenStep"];

/** Steps that hang, by their cause. */
export function Page() {
  const text = useText(stuckText);
  const [{ show, state }] = useUrl();
  const all = show === "all";
  const query = { ...(all ? {} : { overdue: true }), ...(state ? { state } : {}) };
  const read = useEverything<OpenStep>(["steps", query], (cut, signal) => api.GET("/api/v1/steps", { params: { query: { ...query, ...cut } }, signal }));
  const steps = read.data ?? [];
  const groups = grouped(steps);
  const { read: health, of, known } = useStandings();
  const clusters = new Map(known ? health.data?.items.flatMap((row) => (row.cluster_id ? [[row.name, of(row)] as const] : [])) : []);
  const permission = missingPermission(read.error);
  const search = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)])).toString();
  return (
    <>
      <PageHeading title={text("title")} subtitle={text("subtitle")} />
      <PageSection>
        {permission !== undefined ? (
          <NoPermission permission={permission} />
        ) : (
          <>
            {!unreadable(read) && <FilterBar
              filters={[
                { name: "show", label: text("show"), options: ["all"], words: { all: text("everything") }, none: text("overdueOnly") },
                { name: "state", label: text("state"), options: ["RUNNING", "RETRYING", "FAILED"], word: "step" },
              ]}
            />}
            {read.error && <ProblemAlert error={read.error} onRetry={() => void read.refetch()} />}
            {read.isPending && <Skeleton height="12rem" screenreaderText={text("title")} />}
            {read.data && groups.length === 0 && (
              <EmptyState icon={CheckCircleIcon} status="success" titleText={text(all ? "noneAll" : "none")} headingLevel="h2">
                <EmptyStateBody>{text(all ? "noneAllBody" : "noneBody")}</EmptyStateBody>
              </EmptyState>
            )}
            <Stack hasGutter>
              {groups.map((group) => (
                <StackItem key={group.code ?? ""}>
                  <Cause group={group} clusters={clusters} />
                </StackItem>
              ))}
            </Stack>
            {read.data && (
              <ListFooter list={whole({ ...read, data: { items: steps } })} call={{ path: `/api/v1/steps${search === "" ? "" : `?${search}`}` }} keys={false} />
            )}
          </>
        )}
      </PageSection>
    </>
  );
}

/** How each cluster stands now, by its name. */
type Clusters = ReadonlyMap<string, Standing>;

function Cause({ group: { code, steps }, clusters }: { group: Group; clusters: Clusters }) {
  const text = useText(stuckText);
  const faults = useText(faultText);
  const keys = code === undefined ? undefined : faultKeys(code);
  const overdue = steps.filter((step) => step.overdue).length;
  return (
    <Card>
      <CardHeader
        actions={{
          hasNoOffset: true,
          actions: (
            <>
              <Label>{text("group", { count: steps.length })}</Label>
              <Label {...(overdue > 0 ? { color: "orange" as const, icon: <ExclamationTriangleIcon /> } : {})}>{text("groupOverdue", { count: overdue })}</Label>
            </>
          ),
        }}
      >
        <CardTitle component="h2">
          {keys ? text("lastTry", { fault: faults(keys.words, { code }) }) : text("noFault")}
          <div className="shepherd-subtle shepherd-regular">{keys ? faults(keys.hint) : text("noFaultHint")}</div>
        </CardTitle>
      </CardHeader>
      <CardBody>
        <Steps steps={steps} clusters={clusters} label={keys ? faults(keys.words, { code }) : text("noFault")} />
      </CardBody>
    </Card>
  );
}

function Steps({ steps, clusters, label }: { steps: readonly OpenStep[]; clusters: Clusters; label: string }) {
  const text = useText(stuckText);
  return (
    <Table aria-label={label}>
      <Thead>
        <Tr>
          <Th width={25}>{text("vm")}</Th>
          <Th modifier="nowrap">{text("step")}</Th>
          <Th modifier="nowrap">{text("state")}</Th>
          <Th modifier="nowrap">{text("attempt")}</Th>
          <Th modifier="nowrap">{text("deadline")}</Th>
        </Tr>
      </Thead>
      <Tbody>
        {steps.map((step) => (
          <Step key={`${step.ticket_id}${step.name}`} step={step} cluster={clusters.get(step.cluster ?? "")} />
        ))}
      </Tbody>
    </Table>
  );
}

function Step({ step, cluster }: { step: OpenStep; cluster: Standing | undefined }) {
  const text = useText(stuckText);
  const faults = useText(faultText);
  const key = stepKey(step.name);
  const message = readFault(step.fault)?.message;
  return (
    <Tr>
      <Td dataLabel={text("vm")} modifier="breakWord">
        <Link to={paths.run(step.ticket_id)}>{step.vm_name}</Link>
        {message !== undefined && (
          <div className="shepherd-subtle shepherd-break">{text("says", { message })}</div>
        )}
      </Td>
      <Td dataLabel={text("step")}>
        {key ? faults(key) : step.name}
        <br />
        <small className="shepherd-subtle shepherd-nowrap">{cluster ? text("now", { cluster: step.cluster ?? "–" }) : (step.cluster ?? "–")}</small>
        {cluster && (
          <div className="pf-v6-u-mt-xs">
            <StateLabel {...cluster} />
          </div>
        )}
      </Td>
      <Td dataLabel={text("state")}>
        <StateLabel of="step" state={step.state} />
        {step.run_state && step.run_state !== "RUNNING" && (
          <div className="pf-v6-u-mt-xs">
            <StateLabel of="run" state={step.run_state} />
          </div>
        )}
      </Td>
      <Td dataLabel={text("attempt")}>
        {step.attempt}
        {step.failing_since && <When label={text("failing")} at={step.failing_since} />}
        {step.next_try_at && <When label={text("next")} at={step.next_try_at} />}
      </Td>
      <Td dataLabel={text("deadline")}>
        <Countdown until={step.deadline_at} />
      </Td>
    </Tr>
  );
}

function When({ label, at }: { label: string; at: string }) {
  return (
    <div>
      <small className="shepherd-subtle">
        {label} <Time at={at} />
      </small>
    </div>
  );
}
