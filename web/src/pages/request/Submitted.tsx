import { EnvironmentLabel } from "../../components/EnvironmentLabel";
import { CopyId } from "../../components/CopyId";
import { CurlButton } from "../../components/CurlButton";
import { Facts } from "../../components/Facts";
import { Time } from "../../components/Time";
import { useText } from "../../messages/catalogue";
import { askedDisk } from "./choice";
import { requestText } from "./text";
import type { Ticket } from "./ticket";

/** The form as it was sent: nothing resolved, nothing added. */
export function Submitted({ ticket }: { ticket: Ticket }) {
  const text = useText(requestText);
  const { names } = ticket;
  const { service_id, namespace_id, template_id, instance_size_id, disk_gib, reason } = ticket;
  return (
    <>
      <Facts
        facts={[
          [text("requestId"), <CopyId id={ticket.id} />],
          [text("submitted"), <><span>{names.requester}</span>, <Time at={ticket.created_at} /></>],
          [text("system"), names.system],
          [text("service"), names.service],
          [text("namespace"), <>{names.namespace} <EnvironmentLabel environment={names.environment} /></>],
          [text("template"), names.template],
          [text("instanceSize"), names.instance_size],
          [text("disk"), askedDisk(ticket) === undefined ? undefined : text("diskOnly", { disk: disk_gib })],
          [text("reason"), <span className="shepherd-pre" dir="auto">{reason}</span>],
        ]}
      />
      <div className="pf-v6-u-mt-md">
        <CurlButton
          call={{ method: "POST", path: "/api/v1/tickets", body: { service_id, namespace_id, template_id, instance_size_id, disk_gib, reason } }}
        />
      </div>
    </>
  );
}
