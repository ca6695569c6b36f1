import { Button, Card, CardBody, CardTitle, ExpandableSection, Label, LabelGroup } from "@patternfly/react-core";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { useLanguage } from "../../app/language";
import { EnvironmentLabel } from "../../components/EnvironmentLabel";
import { Facts } from "../../components/Facts";
import { FaultNote, readFault } from "../../components/FaultNote";
import { memory, useSizeWords } from "../../components/Size";
import { keepsDisk, type Resources } from "../../components/sizes";
import { useText } from "../../messages/catalogue";
import { useChanges } from "./changes";
import { askedDisk } from "./choice";
import { factsOf, type Hardware } from "./manifest";
import { requestText } from "./text";
import type { Offer, Ticket } from "./ticket";

interface Props {
  ticket: Ticket;
  offer: Offer;
  /** What was approved, or would be with the present choices. */
  manifest: unknown;
  clusterName: string | undefined;
  version: number | undefined;
  /** Resources in place of the size's. */
  modified: Resources | undefined;
}

/** Why, what, where and who: the result, not the form. */
export function Summary({ ticket, offer, manifest, clusterName, version, modified }: Props) {
  const text = useText(requestText);
  const words = useSizeWords();
  const { locale } = useLanguage();
  const { names } = ticket;
  const facts = factsOf(manifest);
  const sized = keepsDisk(offer.template);
  const resources = modified ?? (offer.size && { cpu_cores: offer.size.cpu_cores, memory_mib: offer.size.memory_mib, disk_gib: askedDisk(ticket) ?? null });
  const size = resources && (sized ? resources : { ...resources, disk_gib: null });
  const hardware = useHardware(manifest == null && offer.size ? offeredHardware(offer.size) : facts.hardware);
  const changes = useChanges(ticket, offer, modified);
  const open = ticket.state === "PENDING" || ticket.state === "APPROVED";
  const fault = readFault(ticket.fault);
  const shownVersion = version ?? offer.template?.version;
  return (
    <>
      {fault && (
        <div className="pf-v6-u-mb-md">
          <FaultNote fault={fault} />
        </div>
      )}
      <Card isCompact component="section" className="pf-v6-u-mb-sm">
        <CardTitle component="h2">{text("why")}</CardTitle>
        <CardBody>
          <Reason reason={ticket.reason} />
        </CardBody>
      </Card>
      <Card isCompact component="section" className="pf-v6-u-mb-sm">
        <CardTitle component="h2">{text("what")}</CardTitle>
        <CardBody>
          <Facts
            columns={2}
            beside
            facts={[
              [text("who"), text("whoValue", { requester: names.requester, service: names.service, system: names.system })],
              [text("namespace"), <>{facts.namespace ?? names.namespace} <EnvironmentLabel environment={names.environment} />{open && <Note>{text("namespaceNote")}</Note>}</>],
              [text("size"), <>{offer.size?.display_name ?? names.instance_size}{size && `${text("colon")}${words(size)}`}{hardware.length > 0 && <div className="shepherd-break">{hardware.join(" · ")}</div>}{changes !== "" && <div className="pf-v6-u-font-size-sm">{changes}</div>}{facts.requests.cpu !== undefined && <Note>{text("reserved", { cpu: facts.requests.cpu, memory: memoryWords(locale, facts.requests.memory) })}</Note>}</>],
              [text("cluster"), clusterName ?? names.cluster ?? text(ticket.state === "PENDING" ? "clusterOpen" : "clusterNone")],
              [text("image"), <>{text("imageVersion", { template: offer.template?.display_name ?? names.template, version: shownVersion ?? "–" })}<Note><Source image={facts.image} offer={offer} /></Note></>],
              [text("disk"), sized ? <Disk gib={size?.disk_gib ?? askedDisk(ticket)} storageClass={facts.volume?.storageClass} resolved={manifest != null} /> : text("diskFleeting")],
              [text("networks"), facts.networks.length === 0 ? undefined : facts.networks.map((name) => (name === "default" ? text("podNetwork") : name)).join(", ")],
              [text("labels"), facts.labels.length === 0 ? undefined : <Labels labels={facts.labels} />],
            ]}
          />
        </CardBody>
      </Card>
    </>
  );
}

function offeredHardware({ dedicated_cpu, hugepages, gpus }: Schemas["InstanceSize"]): Hardware {
  return { dedicated: dedicated_cpu, hugepages: hugepages ?? undefined, gpus: gpus.map(({ device_name }) => device_name) };
}

/** What is asked of a node beyond CPU and memory, in words: not every cluster has it. */
function useHardware({ dedicated, hugepages, gpus }: Hardware): readonly string[] {
  const text = useText(requestText);
  return [
    ...gpus.map((device) => text("gpu", { device })),
    ...(dedicated ? [text("dedicated")] : []),
    ...(hugepages ? [text("hugepages", { size: hugepages })] : []),
  ];
}

/** Memory of a manifest, which writes MiB as `Mi`. */
function memoryWords(locale: Parameters<typeof memory>[0], amount: string | undefined): string {
  const mib = /^(\d+)Mi$/.exec(amount ?? "")?.[1];
  return mib === undefined ? (amount ?? "") : memory(locale, Number(mib));
}

function Note({ children }: { children: React.ReactNode }) {
  return <div className="shepherd-subtle pf-v6-u-font-size-sm shepherd-break">{children}</div>;
}

/** Characters of a reason that fit in three lines, and those lines. */
const SHORT = 260;
const LINES = 3;

/** Text of a person, as it came; a long one can be opened. */
function Reason({ reason }: { reason: string }) {
  const text = useText(requestText);
  const [open, setOpen] = useState(false);
  if (reason.length < SHORT && reason.split("\n").length <= LINES) return <div className="shepherd-pre" dir="auto">{reason}</div>;
  return (
    <>
      <div className={open ? "shepherd-pre" : "shepherd-pre shepherd-three-lines"} dir="auto">{reason}</div>
      <Button variant="link" isInline aria-expanded={open} onClick={() => setOpen(!open)}>
        {text(open ? "showLess" : "showMore")}
      </Button>
    </>
  );
}

function Source({ image, offer }: { image: string | undefined; offer: Offer }) {
  const text = useText(requestText);
  const source = offer.template?.boot_source;
  if (source?.kind === "cdi_import") return text("bootImport", { url: source.url });
  if (source?.kind === "cdi_clone") return text("bootClone", { namespace: source.namespace, name: source.name });
  return <span className="shepherd-mono">{image ?? source?.image ?? ""}</span>;
}

function Disk({ gib, storageClass, resolved }: { gib: number | undefined; storageClass: string | undefined; resolved: boolean }) {
  const text = useText(requestText);
  if (gib === undefined) return "–";
  if (storageClass !== undefined) return text("diskClass", { disk: gib, class: storageClass });
  return text(resolved ? "diskDefault" : "diskOnly", { disk: gib });
}

function Labels({ labels }: { labels: readonly (readonly [string, string])[] }) {
  const text = useText(requestText);
  return (
    <ExpandableSection toggleText={text("showLabels", { count: labels.length })} isIndented={false}>
      <LabelGroup numLabels={labels.length}>
        {labels.map(([key, value]) => (
          <Label key={key} isCompact textMaxWidth="40ch">
            {key}={value}
          </Label>
        ))}
      </LabelGroup>
    </ExpandableSection>
  );
}
