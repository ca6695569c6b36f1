import { Icon, List, ListItem } from "@patternfly/react-core";
import { CheckCircleIcon } from "@patternfly/react-icons/dist/esm/icons/check-circle-icon";
import { ExclamationCircleIcon } from "@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon";
import { ExclamationTriangleIcon } from "@patternfly/react-icons/dist/esm/icons/exclamation-triangle-icon";
import { InProgressIcon } from "@patternfly/react-icons/dist/esm/icons/in-progress-icon";
import type { ReactNode } from "react";
import { Refused, type Schemas } from "../../api/client";
import { wordsFor } from "../../api/errors";
import { useLanguage } from "../../app/language";
import { useText, type Values } from "../../messages/catalogue";
import { errorsEn } from "../../messages/errors.en";
import { errorsZh } from "../../messages/errors.zh";
import type { PreviewRead } from "./choice";
import { decideText } from "./decideText";

type Verdict = "ok" | "attention" | "failed" | "open";

const LOOKS = {
  ok: ["success", CheckCircleIcon],
  attention: ["warning", ExclamationTriangleIcon],
  failed: ["danger", ExclamationCircleIcon],
  open: ["info", InProgressIcon],
} as const;

interface Props {
  cluster: Schemas["Cluster"] | undefined;
  preview: PreviewRead;
}

/** What was checked before somebody who may decide approves, each with its verdict. */
export function Checks({ cluster, preview }: Props) {
  const text = useText(decideText);
  const { locale } = useLanguage();
  const warnings = preview.data?.warnings ?? [];
  const refused = preview.error instanceof Refused ? preview.error.problem.code : undefined;
  const refusal = refused === undefined ? undefined : wordsFor(locale === "zh-CN" ? errorsZh : errorsEn, refused)[0];
  return (
    <>
      <h3 className="pf-v6-u-font-weight-bold pf-v6-u-mb-xs">{text("checks")}</h3>
      <List isPlain className="pf-v6-u-font-size-sm">
        <Check verdict="ok" label={text("checkPerson")}>
          {text("checkPersonOk")}
        </Check>
        <Check verdict={cluster?.usable ? "ok" : "failed"} label={text("checkCluster")}>
          {cluster?.usable ? text("checkClusterOk", { cluster: cluster.name }) : text("checkClusterNone")}
        </Check>
        <Check verdict={preview.error || !cluster ? "failed" : preview.data && !preview.isPlaceholderData ? "ok" : "open"} label={text("checkRender")}>
          {preview.error || !cluster ? (refusal ?? text("noPreview")) : preview.data ? text("checkRenderOk") : text("previewing")}
        </Check>
        <Check verdict={warnings.length > 0 ? "attention" : "ok"} label={text("checkWarnings")}>
          {warnings.length === 0 ? text("checkWarningsNone") : warnings.map((warning) => <WarningWords key={warning.code} warning={warning} />)}
        </Check>
      </List>
    </>
  );
}

function Check({ verdict, label, children }: { verdict: Verdict; label: string; children: ReactNode }) {
  const text = useText(decideText);
  const [status, Symbol] = LOOKS[verdict];
  return (
    <ListItem icon={<Icon status={status} isInline title={text(verdict)}><Symbol aria-label={text(verdict)} role="img" /></Icon>}>
      <strong>{label}</strong>{text("colon")}{children}
    </ListItem>
  );
}

const KNOWN = ["OVERCOMMIT_IN_PROD", "NO_DEFAULT_STORAGE_CLASS", "EPHEMERAL_ROOT_DISK", "NAME_LENGTH_WARNING"] as const;

/** What the server accepts and wants looked at. */
function WarningWords({ warning: { code, params } }: { warning: Schemas["Warning"] }) {
  const text = useText(decideText);
  const known = KNOWN.find((each) => each === code);
  return <span>{known ? text(known, { cluster: "", ...(params as Values) }) : text("OTHER_WARNING", { code })} </span>;
}
