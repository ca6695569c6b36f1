import { useText } from "../messages/catalogue";
import { faultKeys, faultText } from "../messages/faults";

interface Props {
  /** As the contract has it: a fault's code or the cluster's own words; empty when there is nothing to say. */
  reason: string;
  /** Three lines at most, as a list needs it; the rest when pointed at. */
  short?: boolean;
}

/** Why a VM is in its state. Codes are put into words; what the cluster said stays as it came, after the words for its own code. */
export function StateReason({ reason, short = false }: Props) {
  const text = useText(faultText);
  if (reason === "") return null;
  const [, code = reason, said] = /^(\w+): (.+)$/s.exec(reason) ?? [];
  const { words } = faultKeys(code);
  const known = words !== "OTHER";
  return (
    <div className={`shepherd-subtle shepherd-break ${short ? "shepherd-lines-3" : "shepherd-pre"}`} title={reason}>
      {known ? text(words) : reason}
      {known && !short && said !== undefined && `\n${said}`}
    </div>
  );
}
