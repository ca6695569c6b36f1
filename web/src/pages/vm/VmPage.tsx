import { Alert, Card, CardBody, CardTitle, GridItem, Grid, PageSection } from "@patternfly/react-core";
import { api, type Schemas } from "../../api/client";
import { useRead } from "../../app/read";
import { useMay, useMe } from "../../app/session";
import { useGo, usePathParam } from "../../app/url";
import { CopyId } from "../../components/CopyId";
import { CurlButton } from "../../components/CurlButton";
import { Facts } from "../../components/Facts";
import { PageHeading } from "../../components/PageHeading";
import { ReasonedButton, useWhyNotPermitted } from "../../components/ReasonedButton";
import { RequestState } from "../../components/RequestState";
import { StateReason } from "../../components/StateReason";
import { keepsDisk } from "../../components/sizes";
import { StateLabel } from "../../components/StateLabel";
import { useTicket } from "../../components/TicketCells";
import { Time } from "../../components/Time";
import { WhenRead } from "../../components/WhenRead";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { Labels } from "./Labels";
import { ShapingRequests } from "./ShapingRequests";
import { vmText } from "./text";

type Vm = Schemas["Vm"];

/** Milliseconds between looks while the cluster is at work on the VM. */
const OFTEN = 2_000;
const SELDOM = 30_000;
const MOVING = ["CREATING", "STARTING", "STOPPING", "MIGRATING", "DELETING"];

/** One VM: what was decided beside what runs, and how it came to be. */
export function Page() {
  const id = usePathParam("id");
  const vm = useRead<Vm>(["vms", id], (signal) => api.GET("/api/v1/vms/{id}", { params: { path: { id } }, signal }));
  // Asks more often while something is under way; a second reader of the same key.
  const moving = vm.data !== undefined && MOVING.includes(vm.data.state);
  useRead<Vm>(["vms", id], (signal) => api.GET("/api/v1/vms/{id}", { params: { path: { id } }, signal }), {
    every: moving ? OFTEN : SELDOM,
    enabled: moving,
  });
  return <WhenRead read={vm}>{(data) => <VmView vm={data} />}</WhenRead>;
}

function VmView({ vm }: { vm: Vm }) {
  const text = useText(vmText);
  return (
    <>
      <PageHeading
        title={vm.name}
        subtitle={`${vm.system} / ${vm.service}`}
        above={[{ label: text("vms"), to: paths.vms() }]}
        actions={<Actions vm={vm} />}
      />
      <PageSection>
        <Grid hasGutter>
          <GridItem span={12} md={6}>
            <Card isFullHeight>
              <CardTitle>
                <h2>{text("requestState")}</h2>
              </CardTitle>
              <CardBody>
                <RequestState vm={vm} />
                <p className="shepherd-subtle pf-v6-u-mt-sm">{text("requestStateHelp")}</p>
              </CardBody>
            </Card>
          </GridItem>
          <GridItem span={12} md={6}>
            <ClusterState vm={vm} />
          </GridItem>
          <GridItem span={12} xl={6}>
            <Card isFullHeight>
              <CardTitle>
                <h2>{text("place")}</h2>
              </CardTitle>
              <CardBody>
                <Place vm={vm} />
                <Fleeting vm={vm} />
              </CardBody>
            </Card>
          </GridItem>
          <GridItem span={12} xl={6}>
            <Card isFullHeight>
              <CardTitle>
                <h2>{text("belongs")}</h2>
              </CardTitle>
              <CardBody>
                <Facts
                  facts={[
                    [text("system"), vm.system],
                    [text("service"), vm.service],
                    [text("instance"), vm.instance],
                    [text("created"), <Time key="at" at={vm.created_at} />],
                    [text("id"), <CopyId key="id" id={vm.id} />],
                  ]}
                />
              </CardBody>
            </Card>
          </GridItem>
          <GridItem span={12}>
            <ShapingRequests vmId={vm.id} />
          </GridItem>
          <GridItem span={12}>
            <Labels labels={vm.labels} />
          </GridItem>
        </Grid>
        <div className="pf-v6-u-mt-md">
          <CurlButton call={{ path: `/api/v1/vms/${vm.id}` }} />
        </div>
      </PageSection>
    </>
  );
}

function Actions({ vm }: { vm: Vm }) {
  const text = useText(vmText);
  const go = useGo();
  const { permissions, principal } = useMe();
  const forbidden = useWhyNotPermitted(permissions, "compute:vm:create");
  const unreadable = useWhyNotPermitted(permissions, "governance:ticket:read");
  return (
    <>
      <ReasonedButton
        variant="secondary"
        why={useWhyNotPermitted(permissions, "audit:log:read")}
        onClick={() => go(paths.audit({ resource_id: vm.ticket_id }))}
      >
        {text("audit")}
      </ReasonedButton>
      <ReasonedButton
        // It is filled in from the request, which others may not read.
        why={forbidden ?? (vm.created_by === principal.id ? undefined : unreadable)}
        onClick={() => go(paths.newRequest({ like: vm.ticket_id }))}
      >
        {text("similar")}
      </ReasonedButton>
    </>
  );
}

function ClusterState({ vm }: { vm: Vm }) {
  const text = useText(vmText);
  return (
    <Card isFullHeight>
      <CardTitle>
        <h2>{text("clusterState")}</h2>
      </CardTitle>
      <CardBody>
        <StateLabel of="vm" state={vm.state} />{" "}
        <span className="shepherd-subtle">
          {vm.observed_at ? (
            <>
              {text("asOf")} <Time at={vm.observed_at} />
            </>
          ) : (
            text("never")
          )}
        </span>
        <p className="shepherd-subtle pf-v6-u-mt-sm">{text("clusterStateHelp")}</p>
        {vm.state === "NOT_FOUND" && <Alert variant="warning" isInline isPlain title={text("gone")} />}
        <StateReason reason={vm.state_reason} />
      </CardBody>
    </Card>
  );
}

/** Where the VM's data is: not everywhere does it outlive a restart. */
function Fleeting({ vm }: { vm: Vm }) {
  const text = useText(vmText);
  const reads = useMay("governance:ticket:read");
  const own = useMe().principal.id === vm.created_by;
  const ticket = useTicket(vm.ticket_id, { enabled: reads || own }).data;
  const template = useRead<Schemas["Template"]>(
    ["templates", ticket?.template_id],
    (signal) => api.GET("/api/v1/templates/{id}", { params: { path: { id: ticket?.template_id ?? "" } }, signal }),
    { enabled: ticket !== undefined },
  ).data;
  if (keepsDisk(template)) return null;
  return <Alert variant="info" isInline isPlain title={text("fleeting")} className="pf-v6-u-mt-sm" />;
}

function Place({ vm }: { vm: Vm }) {
  const text = useText(vmText);
  return (
    <Facts
      facts={[
        [text("address"), vm.guest_ip ? <CopyId key="ip" id={vm.guest_ip} /> : text("noAddress")],
        [text("node"), vm.node ?? text("noNode")],
        [text("cluster"), vm.cluster],
        [text("namespace"), vm.namespace],
        [text("onCluster"), vm.physical_namespace === vm.namespace ? undefined : vm.physical_namespace],
        [text("uid"), vm.uid ? <CopyId key="uid" id={vm.uid} /> : undefined],
      ]}
    />
  );
}
