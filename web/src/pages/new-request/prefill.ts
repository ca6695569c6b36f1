import { useEffect, useState } from "react";
import type { Schemas } from "../../api/client";
import { useUrl } from "../../app/url";
import { useTicket } from "../../components/TicketCells";
import type { Draft } from "./draft";
import type { Offer } from "./offer";

/** GiB as typed; nothing where the VM had no disk of its own. */
function diskOf({ disk_gib }: { disk_gib?: number | null }): string | null {
  return disk_gib == null ? null : String(disk_gib);
}

/** A ticket as a draft of another one. A template that was followed by a newer version becomes that. */
export function draftLike(ticket: Schemas["TicketDetail"], offer: Offer): Draft {
  const template =
    offer.templates.find(({ id }) => id === ticket.template_id) ??
    offer.templates
      .filter(({ name }) => name === ticket.names.template)
      .toSorted((a, b) => b.version - a.version)
      .at(0);
  return {
    system: ticket.system_id,
    service: ticket.service_id,
    namespace: ticket.namespace_id,
    template: template?.id ?? "",
    size: ticket.instance_size_id,
    disk: diskOf(ticket),
    reason: ticket.reason,
  };
}

/**
 * Fills the draft from the address, once: `template` and `size` from the catalogue, `like` from an earlier request.
 * They leave the address again, so that a reload keeps what was typed afterwards.
 */
export function usePrefill(offer: Offer | undefined, change: (changes: Partial<Draft>) => void) {
  const [{ template, size, like }, changeUrl] = useUrl();
  const [copied, setCopied] = useState(false);
  const ticket = useTicket(like ?? "", { enabled: like !== undefined });
  const source = like === undefined ? undefined : ticket.data;
  useEffect(() => {
    if (template !== undefined || size !== undefined) {
      change({ ...(template ? { template } : {}), ...(size ? { size, disk: null } : {}) });
      changeUrl({ template: undefined, size: undefined });
    }
  }, [template, size, change, changeUrl]);
  useEffect(() => {
    if (source && offer) {
      change(draftLike(source, offer));
      setCopied(true);
      changeUrl({ like: undefined });
    }
  }, [source, offer, change, changeUrl]);
  return { copied, error: like === undefined ? null : ticket.error, waiting: like !== undefined && !ticket.error };
}
