import { Button, Card, CardBody, CardFooter, CardTitle, ClipboardCopy, EmptyState, EmptyStateBody, EmptyStateFooter, PageSection } from "@patternfly/react-core";
import { ExternalLinkAltIcon } from "@patternfly/react-icons/dist/esm/icons/external-link-alt-icon";
import { RouteIcon } from "@patternfly/react-icons/dist/esm/icons/route-icon";
import { useMe } from "../../app/session";
import { usePathParam } from "../../app/url";
import { CopyId } from "../../components/CopyId";
import { CurlButton } from "../../components/CurlButton";
import { Facts } from "../../components/Facts";
import { FaultNote, readFault } from "../../components/FaultNote";
import { Link } from "../../components/Link";
import { PageHeading } from "../../components/PageHeading";
import { StateLabel } from "../../components/StateLabel";
import { Duration, Time } from "../../components/Time";
import { WhenRead } from "../../components/WhenRead";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { isActive, useTicket, type Ticket } from "../request/ticket";
import { Abandon } from "./Abandon";
import { Rail } from "./Rail";
import { runText } from "./text";

const FORWARD = ["ensure_namespace", "apply_vm", "await_vm_ready"];
const UNDO = ["remove_vm", "remove_namespace"];

/** What Shepherd does on the cluster for an approved request, step by step. */
export function Page() {
  const ticket = useTicket(usePathParam("id"));
  return <WhenRead read={ticket}>{(data) => <Run ticket={data} />}</WhenRead>;
}

function Run({ ticket }: { ticket: Ticket }) {
  const text = useText(runText);
  const own = useMe().principal.id === ticket.requester_id;
  const { steps, state, run_state: runState } = ticket;
  const active = isActive(state);
  const undoing = runState === "UNDOING" || steps.some(({ name }) => UNDO.includes(name));
  const ran = steps.length > 0 || active;
  const fault = readFault(ticket.fault);
  // The step that failed shows it where it happened.
  const shown = steps.some((step) => step.state !== "DONE" && readFault(step.fault)?.code === fault?.code);
  return (
    <>
      <PageHeading
        title={text("title", { vm: ticket.vm_name })}
        badge={<StateLabel of={runState ? "run" : "ticket"} state={runState ?? state} />}
        above={[
          own ? { label: text("mine"), to: paths.myRequests() } : { label: text("approvals"), to: paths.inbox() },
          { label: text("request"), to: paths.request(ticket.id) },
        ]}
        subtitle={<><CopyId id={ticket.id} /> <CurlButton call={{ path: `/api/v1/tickets/${ticket.id}` }} /></>}
        actions={
          ticket.temporal_ui_url && (
            <Button variant="link" component="a" href={ticket.temporal_ui_url} target="_blank" rel="noreferrer" icon={<ExternalLinkAltIcon />} iconPosition="end">
              {text("temporal")}
            </Button>
          )
        }
      />
      <PageSection className="shepherd-joined">
        {!ran && <NoRun ticket={ticket} />}
        {ran && (
          <div className="shepherd-decide">
            <div>
              {fault && !shown && (state === "FAILED" || runState === "PARKED" || runState === "NEEDS_OPERATOR") && (
                <div className="pf-v6-u-mb-md">
                  <FaultNote fault={fault} variant={state === "FAILED" ? "danger" : "warning"} />
                </div>
              )}
              <Rail title={text("forward")} names={FORWARD} steps={steps} going={active && !undoing} />
              {undoing && <Rail title={text("undo")} body={text(active ? "undoing" : "undone")} names={UNDO} steps={steps} going={active} />}
              {undoing && <Residue ticket={ticket} />}
            </div>
            <About ticket={ticket} />
          </div>
        )}
      </PageSection>
    </>
  );
}

function NoRun({ ticket }: { ticket: Ticket }) {
  const text = useText(runText);
  return (
    <EmptyState icon={RouteIcon} titleText={text("none")} headingLevel="h2">
      <EmptyStateBody>{text(ticket.state === "PENDING" ? "nonePENDING" : "noneEnded")}</EmptyStateBody>
      <EmptyStateFooter>
        <Link to={paths.request(ticket.id)}>{text("request")}</Link>
      </EmptyStateFooter>
    </EmptyState>
  );
}

/** What the undo left behind: nothing once it has looked, else how to list it. */
function Residue({ ticket }: { ticket: Ticket }) {
  const text = useText(runText);
  const last = ticket.steps.find(({ name }) => name === "remove_namespace");
  const looked = last?.state === "DONE" && (last.detail as Readonly<Record<string, unknown>>)["residue"] === 0;
  const list = `kubectl get virtualmachines,virtualmachineinstances,datavolumes -n ${ticket.names.namespace} -l kubevirt-shepherd.io/ticket-id=${ticket.id}`;
  return (
    <Card isCompact component="section">
      <CardTitle component="h2">{text("residue")}</CardTitle>
      <CardBody>
        {looked ? (
          text("residueNone")
        ) : (
          <>
            <p className="pf-v6-u-mb-sm">{text("residueUnknown")}</p>
            <ClipboardCopy isReadOnly isCode>{list}</ClipboardCopy>
          </>
        )}
      </CardBody>
    </Card>
  );
}

function About({ ticket }: { ticket: Ticket }) {
  const text = useText(runText);
  const { approval, names, state, run_state: runState } = ticket;
  const began = approval.decided_at;
  return (
    <Card isCompact component="section" className="shepherd-panel">
      <CardTitle component="h2">{text("facts")}</CardTitle>
      <CardBody className="shepherd-panel-body">
        <Facts
          facts={[
            [text("state"), <StateLabel of="ticket" state={state} />],
            [text("runState"), runState ? <StateLabel of="run" state={runState} /> : undefined],
            [text("cluster"), names.cluster ?? undefined],
            [text("namespace"), names.namespace],
            [text("vm"), ticket.vm_id && state !== "FAILED" ? <Link to={paths.vm(ticket.vm_id)}>{ticket.vm_name}</Link> : ticket.vm_name],
            [text("started"), began ? <Time at={began} /> : undefined],
            [text(ticket.finished_at ? "duration" : "running"), began ? <Duration from={began} to={ticket.finished_at} /> : undefined],
            [text("ended"), ticket.finished_at ? <Time at={ticket.finished_at} /> : undefined],
            [text("digest"), approval.digest ? <CopyId id={approval.digest} short /> : undefined],
            [text("workflow"), <CopyId id={ticket.workflow_id} short />],
          ]}
        />
      </CardBody>
      {isActive(state) && (
        <CardFooter>
          <Abandon ticket={ticket} />
        </CardFooter>
      )}
    </Card>
  );
}
