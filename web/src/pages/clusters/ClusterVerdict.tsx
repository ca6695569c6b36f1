import { Alert, Card, CardBody, CardTitle, Gallery, GalleryItem, Grid, GridItem, Label, LabelGroup, PageSection } from "@patternfly/react-core";
import { CheckCircleIcon } from "@patternfly/react-icons/dist/esm/icons/check-circle-icon";
import { ExclamationCircleIcon } from "@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon";
import { Table, Tbody, Td, Th, Thead, Tr } from "../../components/table/Table";
import type { ReactNode } from "react";
import type { Schemas } from "../../api/client";
import { Facts } from "../../components/Facts";
import { Time } from "../../components/Time";
import { useText } from "../../messages/catalogue";
import { faultKeys, faultText } from "../../messages/faults";
import { causeOf } from "./noAnswer";
import { clustersText } from "./text";

/** What the last check of a cluster found. */
export function ClusterVerdict({ cluster }: { cluster: Schemas["Cluster"] }) {
  const text = useText(clustersText);
  const { verdict } = cluster;
  const checked = cluster.checked_at ? <Time at={cluster.checked_at} /> : text("never");
  const nodes = verdict.nodes;
  // What was not reached is not "none".
  const seen = verdict.reachable && verdict.kubernetes_version != null;
  const unknown = text("notKnown");
  return (
    <>
      {verdict.faults.length > 0 && (
        <PageSection>
          <Faults faults={verdict.faults} silent={!verdict.reachable} />
        </PageSection>
      )}
      <PageSection>
        <Grid hasGutter>
          <GridItem lg={6}>
            <Card isFullHeight>
              <CardTitle component="h2">{text("verdict")}</CardTitle>
              <CardBody>
                <Facts
                  facts={[
                    [text("checked"), checked],
                    [text("reachable"), cluster.checked_at ? <Verdict good={verdict.reachable} word={text(verdict.reachable ? "reachableYes" : "reachableNo")} /> : "–"],
                    [text("kubernetes"), verdict.kubernetes_version ?? (seen ? "–" : unknown)],
                    [text("kubevirt"), verdict.kubevirt_version ?? (seen ? "–" : unknown)],
                    [text("usable"), <Verdict key="usable" good={cluster.usable} word={text(cluster.usable ? "usableYes" : "usableNo")} />],
                    [text("url"), <span key="url" className="shepherd-mono">{cluster.api_server_url}</span>],
                    [text("credential"), text("credentialVersion", { version: cluster.credential_version })],
                    [text("created"), <Time key="created" at={cluster.created_at} />],
                  ]}
                />
              </CardBody>
            </Card>
          </GridItem>
          <GridItem lg={6}>
            <Card isFullHeight>
              <CardTitle component="h2">{text("nodes")}</CardTitle>
              <CardBody>
                <Facts
                  facts={[
                    [text("nodes"), !seen ? unknown : `${text("nodeCount", { count: nodes.n_nodes })}${nodes.architectures.length > 0 ? ` · ${nodes.architectures.join(", ")}` : ""}`],
                    [text("storage"), !seen ? unknown : <Storage key="storage" classes={verdict.storage_classes} />],
                    [text("hugepages"), !seen ? unknown : <Names key="pages" names={nodes.hugepages} />],
                    [text("devices"), !seen ? unknown : <Names key="devices" names={nodes.devices} />],
                    [text("gates"), !seen ? unknown : <Names key="gates" names={verdict.feature_gates} />],
                  ]}
                />
              </CardBody>
            </Card>
          </GridItem>
          <GridItem>
            <Rights rights={verdict.missing_rights} known={seen} />
          </GridItem>
        </Grid>
      </PageSection>
    </>
  );
}

function Verdict({ good, word }: { good: boolean; word: string }) {
  return (
    <Label variant="outline" color={good ? "green" : "red"} icon={good ? <CheckCircleIcon /> : <ExclamationCircleIcon />}>
      {word}
    </Label>
  );
}

function Names({ names }: { names: readonly string[] }) {
  const text = useText(clustersText);
  if (names.length === 0) return <>{text("nothing")}</>;
  return (
    <LabelGroup numLabels={6}>
      {names.map((name) => (
        <Label key={name} isCompact>
          {name}
        </Label>
      ))}
    </LabelGroup>
  );
}

function Storage({ classes }: { classes: readonly Schemas["StorageClass"][] }) {
  const text = useText(clustersText);
  if (classes.length === 0) return <>{text("storageNone")}</>;
  return (
    <LabelGroup numLabels={6}>
      {classes.map(({ name, default: chosen }) => (
        <Label key={name} isCompact {...(chosen ? { color: "blue" as const } : {})}>
          {chosen ? `${name} · ${text("isDefault")}` : name}
        </Label>
      ))}
    </LabelGroup>
  );
}

/** Faults of a check; those of a cluster that is `silent` are our own words, as it has said none. */
function Faults({ faults, silent }: { faults: readonly Schemas["ClusterFault"][]; silent: boolean }) {
  const text = useText(clustersText);
  const words = useText(faultText);
  return (
    <Gallery hasGutter minWidths={{ default: "100%" }} aria-label={text("faults")}>
      {faults.map(({ code, message }, index) => {
        const keys = faultKeys(code);
        const unanswered = silent && code === "CLUSTER_UNHEALTHY";
        return (
          <GalleryItem key={`${code}${index}`}>
            <Alert variant="danger" isInline component="h2" title={unanswered ? text("noAnswer") : words(keys.words, { code })}>
              {unanswered && <p>{text(`noAnswer_${causeOf(message)}`)}</p>}
              <p>{unanswered ? text("noAnswerHint") : words(keys.hint)}</p>
              {message !== "" && !unanswered && <p className="shepherd-break">{text("clusterSays", { message })}</p>}
              <small className="shepherd-mono shepherd-break">{unanswered && message !== "" ? text("attempt", { message }) : code}</small>
            </Alert>
          </GalleryItem>
        );
      })}
    </Gallery>
  );
}

function Rights({ rights, known }: { rights: readonly Schemas["ClusterRight"][]; known: boolean }) {
  const text = useText(clustersText);
  const cell = (label: string, value: string): ReactNode => (
    <Td dataLabel={label} className="shepherd-mono">
      {value}
    </Td>
  );
  return (
    <Card>
      <CardTitle component="h2">{text("missing")}</CardTitle>
      <CardBody>
        {rights.length === 0 && (known ? <Verdict good word={text("missingNone")} /> : text("notKnown"))}
        {rights.length > 0 && (
          <>
            <p className="pf-v6-u-mb-md">{text("missingBody")}</p>
            <Table aria-label={text("missing")}>
              <Thead>
                <Tr>
                  <Th>{text("group")}</Th>
                  <Th>{text("resource")}</Th>
                  <Th>{text("verb")}</Th>
                </Tr>
              </Thead>
              <Tbody>
                {rights.map(({ group, resource, verb }) => (
                  <Tr key={`${group}/${resource}/${verb}`}>
                    {cell(text("group"), group === "" ? text("core") : group)}
                    {cell(text("resource"), resource)}
                    {cell(text("verb"), verb)}
                  </Tr>
                ))}
              </Tbody>
            </Table>
          </>
        )}
      </CardBody>
    </Card>
  );
}
