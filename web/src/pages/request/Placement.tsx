import { FormGroup, FormSelect, FormSelectOption, Radio } from "@patternfly/react-core";
import type { Schemas } from "../../api/client";
import { useLanguage } from "../../app/language";
import { useUrl } from "../../app/url";
import { keepsDisk } from "../../components/sizes";
import { stateText } from "../../components/stateText";
import { relative, useNow } from "../../components/Time";
import { useText } from "../../messages/catalogue";
import type { Choice } from "./choice";
import { decideText } from "./decideText";
import { useVersions, type Offer, type Ticket } from "./ticket";

type Cluster = Schemas["Cluster"];

/** Clusters that are shown side by side; more of them would push the checks out of view. */
const FEW = 3;

interface Props {
  ticket: Ticket;
  offer: Offer;
  clusters: readonly Cluster[] | undefined;
  choice: Choice;
}

/** Where the VM goes and from what: cluster, version of the template, storage class. */
export function Placement({ ticket, offer, clusters, choice }: Props) {
  const text = useText(decideText);
  const [, change] = useUrl();
  const versions = useVersions(offer.template?.name);
  const cluster = clusters?.find(({ id }) => id === choice.clusterId);
  const classes = cluster?.verdict.storage_classes ?? [];
  const standard = classes.find((each) => each.default)?.name;
  const volume = offer.template !== undefined && keepsDisk(offer.template);
  const { environment } = ticket.names;
  const ordered = (clusters ?? []).toSorted((a, b) => Number(fits(b, environment)) - Number(fits(a, environment)));
  return (
    <>
      <FormGroup label={text("cluster")} role="radiogroup" fieldId="cluster" isStack>
        {clusters?.length === 0 && <span className="shepherd-subtle">{text("noCluster")}</span>}
        {ordered.length <= FEW ? (
          ordered.map((each) => <ClusterRadio key={each.id} cluster={each} environment={environment} chosen={each.id === choice.clusterId} />)
        ) : (
          <ClusterSelect clusters={ordered} environment={environment} chosen={choice.clusterId} />
        )}
        {clusters !== undefined && clusters.length > 0 && choice.clusterId === undefined && (
          <span className="shepherd-subtle">{text("noUsable")}</span>
        )}
      </FormGroup>
      {versions.length > 1 && (
        <FormGroup label={text("version")} fieldId="version">
          <FormSelect
            id="version"
            value={String(choice.version ?? offer.template?.version ?? "")}
            onChange={(_, version) => change({ version: Number(version) === offer.template?.version ? undefined : version })}
          >
            {versions.map(({ version, status }) => (
              <FormSelectOption
                key={version}
                value={String(version)}
                label={text("versionOption", { version, status, asked: version === offer.template?.version ? "true" : "false" })}
              />
            ))}
          </FormSelect>
        </FormGroup>
      )}
      {volume && cluster && (
        <FormGroup label={text("storage")} fieldId="storage">
          <FormSelect id="storage" value={choice.storageClass ?? ""} onChange={(_, name) => change({ storage: name })}>
            <FormSelectOption value="" label={standard === undefined ? text("storageNone") : text("storageDefault", { name: standard })} />
            {classes.map(({ name }) => (
              <FormSelectOption key={name} value={name} label={name} />
            ))}
          </FormSelect>
        </FormGroup>
      )}
    </>
  );
}

/** Whether it can be chosen: those come first. */
function fits(cluster: Cluster, environment: string): boolean {
  return cluster.usable && cluster.environment === environment;
}

const STATUSES = ["UNKNOWN", "UNHEALTHY", "UNREACHABLE"] as const;

/** Says why a cluster cannot be chosen; undefined when it can. */
function useWhyNotCluster(environment: string): (cluster: Cluster) => string | undefined {
  const text = useText(decideText);
  const states = useText(stateText);
  return (cluster) => {
    if (cluster.environment !== environment) return text("whyEnvironment", { environment: cluster.environment });
    if (!cluster.enabled) return text("whyDisabled");
    const status = STATUSES.find((each) => each === cluster.status);
    if (status) return states(`cluster_${status}`);
    return cluster.usable ? undefined : text("whyOther");
  };
}

/** Many clusters; those that cannot be chosen stay in the list and say why. */
function ClusterSelect({ clusters, environment, chosen }: { clusters: readonly Cluster[]; environment: string; chosen: string | undefined }) {
  const text = useText(decideText);
  const whyNot = useWhyNotCluster(environment);
  const [, change] = useUrl();
  return (
    <FormSelect id="cluster" aria-label={text("cluster")} value={chosen ?? ""} onChange={(_, id) => change({ cluster: id, storage: undefined })}>
      {clusters.map((cluster) => {
        const why = whyNot(cluster);
        const name = cluster.display_name || cluster.name;
        // Everything else on the page calls it by its name.
        const note = why ?? (name === cluster.name ? undefined : cluster.name);
        return <FormSelectOption key={cluster.id} value={cluster.id} isDisabled={why !== undefined} label={note === undefined ? name : text("clusterOption", { name, note })} />;
      })}
    </FormSelect>
  );
}

/** A cluster; one that cannot be chosen stays visible and says why. */
function ClusterRadio({ cluster, environment, chosen }: { cluster: Cluster; environment: string; chosen: boolean }) {
  const text = useText(decideText);
  const { locale } = useLanguage();
  const now = useNow(30_000);
  const [, change] = useUrl();
  const why = useWhyNotCluster(environment)(cluster);
  const name = cluster.display_name || cluster.name;
  const healthy = cluster.checked_at ? text("checkedAt", { time: relative(locale, cluster.checked_at, now) }) : undefined;
  return (
    <Radio
      id={`cluster-${cluster.id}`}
      name="cluster"
      label={
        <span className="shepherd-break">
          {name} <small className="shepherd-subtle">{why ?? [name === cluster.name ? undefined : cluster.name, healthy].filter(Boolean).join(" · ")}</small>
        </span>
      }
      isChecked={chosen}
      isDisabled={why !== undefined}
      // Another cluster has other storage classes.
      onChange={() => change({ cluster: cluster.id, storage: undefined })}
    />
  );
}
