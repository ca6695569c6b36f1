import { Alert, Dropdown, DropdownItem, DropdownList, MenuToggle, PageSection, Spinner } from "@patternfly/react-core";
import { useEffect, useState } from "react";
import { api, type Schemas } from "../../api/client";
import { useRead } from "../../app/read";
import { useMe } from "../../app/session";
import { usePathParam } from "../../app/url";
import { useWrite } from "../../app/write";
import { EnvironmentLabel } from "../../components/EnvironmentLabel";
import { PageHeading } from "../../components/PageHeading";
import { ProblemAlert } from "../../components/ProblemAlert";
import { ReasonedButton, useWhyNotPermitted } from "../../components/ReasonedButton";
import { StateLabel } from "../../components/StateLabel";
import { useToast } from "../../components/Toasts";
import { WhenRead } from "../../components/WhenRead";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { ClusterDialog, type ClusterAct } from "./ClusterDialog";
import { ClusterVerdict } from "./ClusterVerdict";
import { clustersText } from "./text";

type Cluster = Schemas["Cluster"];

/** Milliseconds for which the answer to a check is waited for with short intervals. */
const PATIENCE = 60_000;

/** A cluster: what its check found, and what can be done with it. */
export function Page() {
  const id = usePathParam("id");
  const [awaited, setAwaited] = useState<{ before: string | null; since: number } | null>(null);
  const read = useRead<Cluster>(
    ["clusters", id],
    (signal) => api.GET("/api/v1/clusters/{id}", { params: { path: { id } }, signal }),
    { every: awaited ? 2_000 : 30_000 },
  );
  const checkedAt = read.data?.checked_at ?? null;
  const checking = awaited !== null || (read.data !== undefined && checkedAt === null);
  useEffect(() => {
    if (read.data && checkedAt === null && awaited === null) setAwaited({ before: null, since: Date.now() });
    const over = awaited !== null && (checkedAt !== awaited.before || Date.now() - awaited.since > PATIENCE);
    if (over && checkedAt !== null) setAwaited(null);
  }, [read.data, checkedAt, awaited, read.dataUpdatedAt]);
  const watch = () => setAwaited({ before: checkedAt, since: Date.now() });
  return <WhenRead read={read}>{(cluster) => <Shown cluster={cluster} checking={checking} watch={watch} />}</WhenRead>;
}

function Shown({ cluster, checking, watch }: { cluster: Cluster; checking: boolean; watch: () => void }) {
  const text = useText(clustersText);
  const toast = useToast();
  const { id, name, display_name } = cluster;
  const why = useWhyNotPermitted(useMe().permissions, "platform:cluster:manage");
  const [act, setAct] = useState<ClusterAct | null>(null);
  const [open, setOpen] = useState(false);
  const check = useWrite<null, Cluster>(
    () => api.POST("/api/v1/clusters/{id}/check", { params: { path: { id } } }),
    ["clusters"],
    () => {
      watch();
      toast(text("checkAsked"), "info");
    },
  );
  const enable = useWrite<null, Cluster>(
    () => api.PATCH("/api/v1/clusters/{id}", { params: { path: { id } }, body: { enabled: true } }),
    ["clusters"],
    () => toast(text("enabled", { name: display_name })),
  );
  const item = (which: ClusterAct, label: string, danger = false) => (
    <DropdownItem key={which} isDanger={danger} isAriaDisabled={why !== undefined} {...(why ? { tooltipProps: { content: why } } : {})} onClick={() => setAct(which)}>
      {label}
    </DropdownItem>
  );
  return (
    <>
      <PageHeading
        title={display_name}
        badge={
          <>
            <StateLabel of="cluster" state={cluster.status} />
            <EnvironmentLabel environment={cluster.environment} />
            {!cluster.enabled && <StateLabel of="usable" state="disabled" />}
          </>
        }
        subtitle={name === display_name ? undefined : <span className="shepherd-mono">{name}</span>}
        above={[{ label: text("title"), to: paths.clusters() }]}
        actions={
          <>
            <ReasonedButton why={why} onClick={() => check.mutate(null)} isLoading={check.isPending}>
              {text("check")}
            </ReasonedButton>
            {cluster.enabled ? (
              <ReasonedButton why={why} variant="secondary" onClick={() => setAct("disable")}>
                {text("disable")}
              </ReasonedButton>
            ) : (
              <ReasonedButton why={why} variant="secondary" isLoading={enable.isPending} onClick={() => enable.mutate(null)}>
                {text("enable")}
              </ReasonedButton>
            )}
            <Dropdown
              isOpen={open}
              onOpenChange={setOpen}
              onSelect={() => setOpen(false)}
              popperProps={{ position: "right" }}
              toggle={(ref) => (
                <MenuToggle ref={ref} isExpanded={open} onClick={() => setOpen(!open)}>
                  {text("more")}
                </MenuToggle>
              )}
            >
              <DropdownList>
                {item("edit", text("edit"))}
                {item("rotate", text("rotate"))}
                {item("remove", text("remove"), true)}
              </DropdownList>
            </Dropdown>
          </>
        }
      />
      {(checking || check.error || enable.error) && (
        <PageSection>
          {checking && <Alert variant="info" isInline title={text("checking")} customIcon={<Spinner size="md" aria-hidden />} aria-live="polite" />}
          {check.error && <ProblemAlert error={check.error} />}
          {enable.error && <ProblemAlert error={enable.error} />}
        </PageSection>
      )}
      <ClusterVerdict cluster={cluster} />
      {act && <ClusterDialog act={act} cluster={cluster} onClose={() => setAct(null)} onRotated={watch} />}
    </>
  );
}
