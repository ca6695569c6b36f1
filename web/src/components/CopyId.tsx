import { Button, Tooltip } from "@patternfly/react-core";
import { CopyIcon } from "@patternfly/react-icons/dist/esm/icons/copy-icon";
import { useText } from "../messages/catalogue";
import { commonText } from "./text";
import { useToast } from "./Toasts";

/** An id or digest with a button that copies it; `short` shows only its beginning. */
export function CopyId({ id, short = false }: { id: string; short?: boolean }) {
  const text = useText(commonText);
  const toast = useToast();
  const copy = () => {
    void navigator.clipboard.writeText(id).then(() => toast(text("copied"), "info"));
  };
  return (
    <span className="shepherd-nowrap">
      <span className="shepherd-mono" title={id}>
        {short && id.length > 19 ? `${id.slice(0, 19)}…` : id}
      </span>
      <Tooltip content={text("copyId")}>
        <Button variant="plain" size="sm" icon={<CopyIcon />} onClick={copy} aria-label={`${text("copyId")} ${id}`} />
      </Tooltip>
    </span>
  );
}
