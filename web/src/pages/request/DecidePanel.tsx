import { Card, CardBody, CardFooter, CardHeader, CardTitle, Flex, Form } from "@patternfly/react-core";
import type { Schemas } from "../../api/client";
import { useUrl } from "../../app/url";
import { CopyId } from "../../components/CopyId";
import { ProblemAlert } from "../../components/ProblemAlert";
import { ReasonedButton, useWhyNot } from "../../components/ReasonedButton";
import { Countdown } from "../../components/Time";
import { useText } from "../../messages/catalogue";
import type { Choice, PreviewRead } from "./choice";
import { Checks } from "./Checks";
import { decideText } from "./decideText";
import { Placement } from "./Placement";
import { Changed, RESIZED } from "./Resize";
import type { Offer, Ticket } from "./ticket";

interface Props {
  ticket: Ticket;
  offer: Offer;
  clusters: readonly Schemas["Cluster"][] | undefined;
  choice: Choice;
  preview: PreviewRead;
  modificationReason: string;
}

/** Where a pending request is placed and decided; it stays in view while the rest is read. */
export function DecidePanel(props: Props) {
  const { ticket, offer, clusters, choice, preview, modificationReason } = props;
  const text = useText(decideText);
  const [, change] = useUrl();
  const whyNot = useWhyNot(ticket.allowed_actions);
  const cluster = clusters?.find(({ id }) => id === choice.clusterId);
  const fresh = preview.data !== undefined && !preview.isPlaceholderData && !preview.error;
  const whyNotNow = choice.clusterId === undefined
    ? text("noUsable")
    : preview.error
      ? text("noPreview")
      : !fresh
        ? text("previewing")
        : choice.modified && modificationReason.trim() === ""
          ? text("resizeReasonNeeded")
          : undefined;
  const decides = whyNot("approve") === undefined;
  return (
    <Card isCompact component="section" aria-label={text("panel")} className="shepherd-panel">
      <CardHeader actions={{ actions: <Countdown until={ticket.approval.expires_at} />, hasNoOffset: true }}>
        <CardTitle component="h2">{text("panel")}</CardTitle>
      </CardHeader>
      <CardBody className="shepherd-panel-body">
        {decides && (
          <Form onSubmit={(event) => event.preventDefault()}>
            <Placement ticket={ticket} offer={offer} clusters={clusters} choice={choice} />
            <Changed choice={choice} reason={modificationReason} />
            <div>
              <Checks cluster={cluster} preview={preview} />
            </div>
            {preview.error && <ProblemAlert error={preview.error} shownFields={RESIZED} onRetry={() => void preview.refetch()} />}
          </Form>
        )}
        {!decides && <p>{whyNot("approve")}</p>}
      </CardBody>
      <CardFooter>
        {fresh && (
          <div className="pf-v6-u-mb-sm shepherd-subtle">
            {text("digestShort")} <CopyId id={preview.data.digest} short />
          </div>
        )}
        <Flex columnGap={{ default: "columnGapSm" }}>
          <ReasonedButton why={whyNot("approve") ?? whyNotNow} onClick={() => change({ decide: "approve" }, { push: true })}>
            {text("approve")}
          </ReasonedButton>
          <ReasonedButton variant="secondary" isDanger why={whyNot("reject")} onClick={() => change({ decide: "reject" }, { push: true })}>
            {text("reject")}
          </ReasonedButton>
        </Flex>
        {cluster && decides && (
          <p className="pf-v6-u-mt-sm pf-v6-u-font-size-sm shepherd-break">
            {text("next", { cluster: cluster.name, namespace: preview.data?.namespace ?? ticket.names.namespace, requester: ticket.names.requester })}
          </p>
        )}
      </CardFooter>
    </Card>
  );
}
