import { Button } from "@patternfly/react-core";
import { TerminalIcon } from "@patternfly/react-icons/dist/esm/icons/terminal-icon";
import { useText } from "../messages/catalogue";
import { commonText } from "./text";
import { useToast } from "./Toasts";

/** A call of the API. */
export interface Call {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  /** With its query. */
  path: string;
  body?: unknown;
}

/** The call as a shell line. The token stays in the reader's environment. */
export function curlLine({ method = "GET", path, body }: Call): string {
  const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const words = ["curl -sS", quoted(`${window.location.origin}${path}`), `-H "authorization: Bearer $SHEPHERD_TOKEN"`];
  if (method !== "GET") words.push(`-X ${method}`);
  if (body !== undefined) words.push("-H 'content-type: application/json'", `-d ${quoted(JSON.stringify(body))}`);
  return words.join(" ");
}

/** Copies what the page does as a call of the API. */
export function CurlButton({ call }: { call: Call }) {
  const text = useText(commonText);
  const toast = useToast();
  const copy = () => {
    void navigator.clipboard.writeText(curlLine(call)).then(() => toast(text("curlCopied"), "info"));
  };
  return (
    <Button variant="link" isInline icon={<TerminalIcon />} onClick={copy}>
      {text("curl")}
    </Button>
  );
}
