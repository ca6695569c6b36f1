import { Button, CodeBlock, CodeBlockAction, CodeBlockCode, ToggleGroup, ToggleGroupItem } from "@patternfly/react-core";
import { CopyIcon } from "@patternfly/react-icons/dist/esm/icons/copy-icon";
import { stringify } from "yaml";
import { useUrl } from "../../app/url";
import { useToast } from "../../components/Toasts";
import { useText } from "../../messages/catalogue";
import { requestText } from "./text";

/** A manifest to be read and copied, as YAML or JSON. Loaded when it is looked at. */
export default function ManifestView({ manifest }: { manifest: unknown }) {
  const text = useText(requestText);
  const toast = useToast();
  const [url, change] = useUrl();
  const json = url["format"] === "json";
  const written = json ? JSON.stringify(manifest, null, 2) : stringify(manifest);
  const copy = () => void navigator.clipboard.writeText(written).then(() => toast(text("copied"), "info"));
  const actions = (
    <CodeBlockAction>
      <Button variant="plain" icon={<CopyIcon />} aria-label={text("copy")} onClick={copy} />
    </CodeBlockAction>
  );
  return (
    <>
      <ToggleGroup aria-label={text("format")} isCompact className="pf-v6-u-mb-sm">
        <ToggleGroupItem text="YAML" isSelected={!json} onChange={() => change({ format: undefined })} />
        <ToggleGroupItem text="JSON" isSelected={json} onChange={() => change({ format: "json" })} />
      </ToggleGroup>
      <CodeBlock actions={actions}>
        {/* Long lines are scrolled, with the keyboard as well. */}
        <CodeBlockCode className="shepherd-code" tabIndex={0}>
          {written}
        </CodeBlockCode>
      </CodeBlock>
    </>
  );
}
