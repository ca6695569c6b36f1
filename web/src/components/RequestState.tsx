import { Skeleton } from "@patternfly/react-core";
import type { Schemas } from "../api/client";
import { useMay, useMe } from "../app/session";
import { useText } from "../messages/catalogue";
import { paths } from "../paths";
import { Link } from "./Link";
import { commonText } from "./text";
import { TicketState, useTicket } from "./TicketCells";

interface Props {
  vm: Pick<Schemas["Vm"], "ticket_id" | "created_by">;
  /** In a list, where most rows may be of others: a dash in place of the words. */
  short?: boolean;
}

/** State of the request that a VM came from. It is not the VM's state on the cluster, and is never mixed with it. */
export function RequestState({ vm: { ticket_id: ticketId, created_by: requester }, short = false }: Props) {
  const text = useText(commonText);
  const own = useMe().principal.id === requester;
  const reads = useMay("governance:ticket:read");
  // Everybody sees VMs, but only some read the requests of others; those are not asked for in vain.
  const enabled = own || reads;
  const { data, error } = useTicket(ticketId, { enabled });
  if (data) {
    return (
      <Link to={paths.request(ticketId)} className="shepherd-plain-link">
        <TicketState row={data} />
      </Link>
    );
  }
  if (error || !enabled) return <Unread short={short} />;
  return <Skeleton screenreaderText={text("loading")} width="8rem" />;
}

/** In place of what the reader may not see. */
function Unread({ short }: { short: boolean }) {
  const words = useText(commonText)("notYours");
  if (!short) return <span className="shepherd-subtle">{words}</span>;
  return (
    <span className="shepherd-subtle" title={words}>
      <span aria-hidden>–</span>
      <span className="pf-v6-screen-reader">{words}</span>
    </span>
  );
}
