import { FileUpload, FormGroup, FormHelperText, HelperText, HelperTextItem } from "@patternfly/react-core";
import { useState } from "react";
import { Refused } from "../../api/client";
import { helpId } from "../../components/fields";
import { useText } from "../../messages/catalogue";
import { kubeconfigText } from "./kubeconfigText";
import { clustersText } from "./text";

interface Props {
  value: string;
  onChange: (value: string) => void;
  error: Error | null;
}

/** A kubeconfig, pasted or dropped. It lives only in this form: never in a draft, never shown again. */
export function KubeconfigField({ value, onChange, error }: Props) {
  const text = useText(clustersText);
  const [filename, setFilename] = useState("");
  const refusal = useRefusal(error);
  return (
    <FormGroup label={text("kubeconfig")} fieldId="kubeconfig" isRequired>
      <FileUpload
        id="kubeconfig"
        type="text"
        value={value}
        filename={filename}
        filenamePlaceholder={text("filename")}
        browseButtonText={text("browse")}
        clearButtonText={text("clear")}
        onFileInputChange={(_, file) => setFilename(file.name)}
        onDataChange={(_, data) => onChange(data)}
        onTextChange={(_, data) => onChange(data)}
        onClearClick={() => {
          setFilename("");
          onChange("");
        }}
        validated={refusal ? "error" : "default"}
        aria-label={text("kubeconfig")}
        aria-describedby={helpId("kubeconfig")}
        allowEditingUploadedText
        spellCheck={false}
        autoComplete="off"
        className="shepherd-mono shepherd-kubeconfig"
      />
      <FormHelperText>
        <HelperText id={helpId("kubeconfig")} isLiveRegion={refusal !== undefined}>
          <HelperTextItem variant={refusal ? "error" : "default"}>{refusal ?? text("kubeconfigHelp")}</HelperTextItem>
        </HelperText>
      </FormHelperText>
    </FormGroup>
  );
}

/** Which rule the kubeconfig breaks, and where, in words. */
function useRefusal(error: Error | null): string | undefined {
  const text = useText(kubeconfigText);
  if (!(error instanceof Refused) || error.problem.code !== "KUBECONFIG_REFUSED") return undefined;
  const { reason, pointer } = error.problem.params as { reason?: string; pointer?: string };
  const known = reason !== undefined && reason in kubeconfigText.en;
  const words = known ? text(reason as keyof (typeof kubeconfigText)["en"]) : text("OTHER", { reason });
  return pointer ? `${words} ${text("at", { pointer })}` : words;
}
