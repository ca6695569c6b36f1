import { Content, EmptyState, EmptyStateBody, Skeleton } from "@patternfly/react-core";
import { FileCodeIcon } from "@patternfly/react-icons/dist/esm/icons/file-code-icon";
import { lazy } from "react";
import { code } from "../../app/code";
import { OnDemand } from "../../app/OnDemand";
import { CopyId } from "../../components/CopyId";
import { useText } from "../../messages/catalogue";
import { requestText } from "./text";

const ManifestView = lazy(() => code(() => import("./ManifestView")));

interface Props {
  manifest: unknown;
  digest: string | undefined;
  state: string;
  approved: boolean;
}

/** The object that would be or was applied, and its digest. */
export function Manifest({ manifest, digest, state, approved }: Props) {
  const text = useText(requestText);
  if (manifest == null) {
    return (
      <EmptyState icon={FileCodeIcon} titleText={text("noManifest")} headingLevel="h2">
        <EmptyStateBody>{text(state === "PENDING" ? "noManifestBody" : "noManifestEnded")}</EmptyStateBody>
      </EmptyState>
    );
  }
  return (
    <>
      <Content component="p">{text(approved ? "approvedManifest" : "previewManifest")}</Content>
      {digest !== undefined && (
        <div className="pf-v6-u-mb-sm">
          {text("digest")} <CopyId id={digest} short />
        </div>
      )}
      <OnDemand fallback={<Skeleton height="20rem" />}>
        <ManifestView manifest={manifest} />
      </OnDemand>
    </>
  );
}
