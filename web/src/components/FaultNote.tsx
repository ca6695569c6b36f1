import { Alert, Content } from "@patternfly/react-core";
import { useText } from "../messages/catalogue";
import { faultKeys, faultText } from "../messages/faults";
import { commonText } from "./text";

/** A fault as tickets and steps carry it. */
export interface Fault {
  code: string;
  /** In the cluster's words; plain text, whatever is in it. */
  message: string | undefined;
  /** Whether it may go by itself. */
  retryable: boolean;
}

/** Reads the contract's free-form fault. */
export function readFault(fault: Readonly<Record<string, unknown>> | null | undefined): Fault | undefined {
  const code = fault?.["code"];
  if (typeof code !== "string") return undefined;
  const message = fault?.["message"];
  return {
    code,
    message: typeof message === "string" && message !== "" ? message : undefined,
    retryable: fault?.["retryable"] === true,
  };
}

/** A fault of a cluster: what it means, what can be done, and the cluster's own words as they came. */
export function FaultNote({ fault, variant }: { fault: Fault; variant?: "danger" | "warning" }) {
  const text = useText(faultText);
  const common = useText(commonText);
  const { words, hint } = faultKeys(fault.code);
  return (
    <Alert
      variant={variant ?? (fault.retryable ? "warning" : "danger")}
      isInline
      title={text(words, { code: fault.code })}
      component="p"
      className="shepherd-break"
    >
      <Content component="p">{text(hint)}</Content>
      {fault.message && <Content component="blockquote" className="shepherd-says">{fault.message}</Content>}
      <Content component="small" className="shepherd-subtle">
        {common("reference", { id: fault.code })}
      </Content>
    </Alert>
  );
}
