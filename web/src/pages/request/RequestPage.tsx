import { Button, PageSection, Tab, Tabs, TabTitleText } from "@patternfly/react-core";
import { ExternalLinkAltIcon } from "@patternfly/react-icons/dist/esm/icons/external-link-alt-icon";
import { useDraft } from "../../app/draft";
import { useMay, useMe } from "../../app/session";
import { usePathParam, useUrl } from "../../app/url";
import { CopyId } from "../../components/CopyId";
import { CurlButton } from "../../components/CurlButton";
import { Link } from "../../components/Link";
import { PageHeading } from "../../components/PageHeading";
import { useWhyNot } from "../../components/ReasonedButton";
import { keepsDisk, resourcesOf } from "../../components/sizes";
import { StateLabel } from "../../components/StateLabel";
import { WhenRead } from "../../components/WhenRead";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { Approve } from "./Approve";
import { useChoice, usePreview } from "./choice";
import { DecidePanel } from "./DecidePanel";
import { Diff } from "./Diff";
import { Manifest } from "./Manifest";
import { Reject } from "./Reject";
import { Resize } from "./Resize";
import { StatusPanel } from "./StatusPanel";
import { Submitted } from "./Submitted";
import { Summary } from "./Summary";
import { requestText } from "./text";
import { useClusters, useOffer, useTicket, type Ticket } from "./ticket";
import { Timeline } from "./Timeline";

const TABS = ["summary", "diff", "manifest", "form"] as const;

/** A request: what is asked for and why, where it may go, and its decision. */
export function Page() {
  const id = usePathParam("id");
  const [url] = useUrl();
  const ticket = useTicket(id, url["decide"] !== undefined);
  return <WhenRead read={ticket}>{(data) => <Request key={id} ticket={data} readAt={ticket.dataUpdatedAt} />}</WhenRead>;
}

function Request({ ticket, readAt }: { ticket: Ticket; readAt: number }) {
  const text = useText(requestText);
  const [url, change] = useUrl();
  const offer = useOffer(ticket);
  const clusters = useClusters().data?.items;
  const decides = useWhyNot(ticket.allowed_actions)("approve") === undefined;
  const pending = ticket.state === "PENDING";
  const choice = useChoice(ticket, offer, clusters);
  const preview = usePreview(ticket, choice, decides);
  const [draft, write, clear] = useDraft(`decision.${ticket.id}`, { reason: "", modification: "" });
  const cluster = clusters?.find(({ id }) => id === (pending ? choice.clusterId : ticket.approval.cluster_id));
  const tab = TABS.find((each) => each === url["tab"]) ?? "summary";
  const close = () => change({ decide: undefined });
  const { approval } = ticket;
  const manifest = approval.manifest ?? preview.data?.manifest;
  const approved = resourcesOf(approval.modified_spec);
  const reason = { reason: draft.reason, onReason: (text: string) => write({ reason: text }) };
  return (
    <>
      <Heading ticket={ticket} />
      <PageSection className="shepherd-joined">
        <div className="shepherd-decide">
          <div>
            <Tabs activeKey={tab} onSelect={(_, chosen) => change({ tab: String(chosen) }, { push: true })} aria-label={text("views")} mountOnEnter unmountOnExit>
              {TABS.map((name) => (
                <Tab key={name} eventKey={name} title={<TabTitleText>{text(name)}</TabTitleText>} tabContentId={`view-${name}`} />
              ))}
            </Tabs>
            <div id={`view-${tab}`} role="tabpanel" tabIndex={0} className="pf-v6-u-pt-md">
              {tab === "summary" && (
                <>
                  <Summary
                    ticket={ticket}
                    offer={offer}
                    manifest={manifest}
                    clusterName={cluster?.name}
                    version={choice.version}
                    modified={choice.modified ?? approved}
                  />
                  <Timeline ticket={ticket} />
                </>
              )}
              {tab === "diff" && (
                <Diff
                  ticket={ticket}
                  offer={offer}
                  decides={decides}
                  modified={choice.modified ?? approved}
                  reason={pending ? draft.modification : (approval.modification_reason ?? undefined)}
                  version={choice.version}
                  storageClass={choice.storageClass ?? approval.storage_class ?? undefined}
                />
              )}
              {tab === "manifest" && (
                <Manifest manifest={manifest} digest={approval.digest ?? preview.data?.digest} state={ticket.state} approved={approval.manifest != null} />
              )}
              {tab === "form" && <Submitted ticket={ticket} />}
            </div>
          </div>
          {pending && decides ? (
            <DecidePanel
              ticket={ticket}
              offer={offer}
              clusters={clusters}
              choice={choice}
              preview={preview}
              modificationReason={draft.modification}
            />
          ) : (
            <StatusPanel ticket={ticket} />
          )}
        </div>
      </PageSection>
      {url["resize"] !== undefined && pending && decides && offer.size && (
        <Resize
          ticket={ticket}
          size={offer.size}
          sized={keepsDisk(offer.template)}
          choice={choice}
          reason={draft.modification}
          onReason={(modification) => write({ modification })}
          error={preview.error}
          onClose={() => change({ resize: undefined })}
        />
      )}
      {url["decide"] === "approve" && (
        <Approve
          ticket={ticket}
          offer={offer}
          readAt={readAt}
          clusterName={cluster?.name}
          choice={choice}
          preview={preview}
          modificationReason={draft.modification}
          {...reason}
          onDone={clear}
          onClose={close}
        />
      )}
      {url["decide"] === "reject" && <Reject ticket={ticket} readAt={readAt} {...reason} onDone={clear} onClose={close} />}
    </>
  );
}

function Heading({ ticket }: { ticket: Ticket }) {
  const text = useText(requestText);
  const own = useMe().principal.id === ticket.requester_id;
  const asks = useMay("compute:vm:create");
  const { names, state } = ticket;
  const ran = ticket.steps.length > 0 || state === "APPROVED" || state === "EXECUTING";
  return (
    <PageHeading
      title={text("title", { requester: names.requester, vm: ticket.vm_name })}
      badge={<StateLabel of="ticket" state={state} />}
      above={[own ? { label: text("mine"), to: paths.myRequests() } : { label: text("approvals"), to: paths.inbox() }]}
      subtitle={
        <>
          <CopyId id={ticket.id} /> <CurlButton call={{ path: `/api/v1/tickets/${ticket.id}` }} />
        </>
      }
      actions={
        <>
          {ran && <Link to={paths.run(ticket.id)} className="pf-v6-c-button pf-m-secondary">{text("run")}</Link>}
          {asks && <Link to={paths.newRequest({ like: ticket.id })} className="pf-v6-c-button pf-m-secondary">{text("similar")}</Link>}
          {ticket.temporal_ui_url && (
            <Button variant="link" component="a" href={ticket.temporal_ui_url} target="_blank" rel="noreferrer" icon={<ExternalLinkAltIcon />} iconPosition="end">
              {text("temporal")}
            </Button>
          )}
        </>
      }
    />
  );
}
