import { useLanguage } from "../../app/language";
import { memory } from "../../components/Size";
import { keepsDisk, type Resources } from "../../components/sizes";
import { useText } from "../../messages/catalogue";
import { askedDisk } from "./choice";
import { requestText } from "./text";
import type { Offer, Ticket } from "./ticket";

/** Keeps what belongs together on one line. */
const NO_BREAK = "\u00a0";

/** What was changed against the size and the disk asked for, and by whom; empty when nothing was. */
export function useChanges(ticket: Ticket, { size, template }: Offer, modified: Resources | undefined): string {
  const text = useText(requestText);
  const { locale } = useLanguage();
  if (!modified || !size) return "";
  const disk = keepsDisk(template) && modified.disk_gib != null ? [askedDisk(ticket), modified.disk_gib] : [];
  const parts = [
    [modified.cpu_cores !== size.cpu_cores, "changedCores", size.cpu_cores, modified.cpu_cores],
    [modified.memory_mib !== size.memory_mib, "changedMemory", memory(locale, size.memory_mib), memory(locale, modified.memory_mib)],
    [disk[0] !== disk[1], "changedDisk", disk[0], disk[1]],
  ] as const;
  const said = parts.filter(([differs]) => differs).map(([, key, before, after]) => text(key, { before, after }).replaceAll(" ", NO_BREAK)).join(" · ");
  if (said === "") return "";
  return ticket.state === "PENDING" ? text("changedByYou", { said }) : text("changedBy", { name: ticket.names.decided_by ?? text("approver"), said });
}
