import { FormGroup, FormSelect, FormSelectOption, Radio } from "@patternfly/react-core";
import type { Schemas } from "../../api/client";
import { useLanguage } from "../../app/language";
import { useUrl } from "../../app/url";
import { relative, useNow } from "../../components/Time";
import { useText } from "../../messages/catalogue";
import type { Choice } from "./choice";
import { decideText } from "./decideText";
import { useVersions, type Offer, type Ticket } from "./ticket";

type Cluster = Schemas["Cluster"];

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
  const volume = offer.template !== undefined && offer.template.boot_source.kind !== "container_disk";
  return (
    <>
      <FormGroup label={text("cluster")} role="radiogroup" fieldId="cluster" isStack>
        {clusters?.length === 0 && <span className="shepherd-subtle">{text("noCluster")}</span>}
        {(clusters ?? []).toSorted((a, b) => Number(fits(b, ticket.names.environment)) - Number(fits(a, ticket.names.environment))).map((each) => (
          <ClusterRadio key={each.id} cluster={each} environment={ticket.names.environment} chosen={each.id === choice.clusterId} />
        ))}
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

/** A cluster; one that cannot be chosen stays visible and says why. */
function ClusterRadio({ cluster, environment, chosen }: { cluster: Cluster; environment: string; chosen: boolean }) {
  const text = useText(decideText);
  const { locale } = useLanguage();
  const now = useNow(30_000);
  const [, change] = useUrl();
  const status = STATUSES.find((each) => each === cluster.status);
  const why =
    cluster.environment !== environment
      ? text("whyEnvironment", { environment: cluster.environment })
      : !cluster.enabled
        ? text("whyDisabled")
        : status
          ? text(`why${status}`)
          : cluster.usable
            ? undefined
            : text("whyOther");
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
