import { Grid, GridItem } from "@patternfly/react-core";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { useMe } from "../../app/session";
import { ComboField } from "../../components/ComboField";
import { useWhyNotPermitted } from "../../components/ReasonedButton";
import { useText } from "../../messages/catalogue";
import { CreateNamed } from "./CreateNamed";
import type { Draft } from "./draft";
import type { Offer } from "./offer";
import { newRequestText } from "./text";

/** What every part of the form is given. */
export interface PartProps {
  draft: Draft;
  offer: Offer;
  change: (changes: Partial<Draft>) => void;
  problem: (pointer: string) => Schemas["FieldProblem"] | undefined;
}

/** System, Service and namespace; a System or Service that is missing is made in place. */
export function PurposeFields({ draft, offer, change, problem }: PartProps) {
  const text = useText(newRequestText);
  const { permissions } = useMe();
  const mayNotSystem = useWhyNotPermitted(permissions, "governance:system:create");
  const mayNotService = useWhyNotPermitted(permissions, "governance:service:create");
  const [making, setMaking] = useState<{ kind: "system" | "service"; name: string } | null>(null);
  const system = offer.systems.find(({ id }) => id === draft.system);
  const label = (name: string) => ({ typed: name === "" ? "empty" : "some", name });
  const chooseSystem = (id: string) => change({ system: id, ...(id === draft.system ? {} : { service: "" }) });
  return (
    <Grid hasGutter>
      <GridItem span={12} md={6}>
        <ComboField
          id="system"
          label={text("system")}
          help={mayNotSystem === undefined ? text("canCreate", { help: text("systemHelp") }) : text("systemHelp")}
          value={draft.system}
          choices={offer.systems.map(({ id, name, description }) => ({ value: id, label: name, description: firstLine(description) }))}
          onChange={chooseSystem}
          placeholder={text("pickSystem")}
          none={text("noSystem")}
          problem={problem("/system_id")}
          create={{
            label: (name) => text("newSystem", label(name)),
            onCreate: (name) => setMaking({ kind: "system", name }),
            why: mayNotSystem,
          }}
          required
        />
      </GridItem>
      <GridItem span={12} md={6}>
        <ComboField
          id="service"
          label={text("service")}
          help={draft.system === "" ? text("serviceFirst") : mayNotService === undefined ? text("canCreate", { help: text("serviceHelp") }) : text("serviceHelp")}
          value={draft.service}
          choices={(offer.services ?? []).map(({ id, name, description }) => ({ value: id, label: name, description: firstLine(description) }))}
          onChange={(service) => change({ service })}
          placeholder={text("pickSystem")}
          none={text("noService")}
          problem={problem("/service_id")}
          disabled={draft.system === ""}
          loading={draft.system !== "" && offer.services === undefined}
          create={{
            label: (name) => text("newService", label(name)),
            onCreate: (name) => setMaking({ kind: "service", name }),
            why: mayNotService,
          }}
          required
        />
      </GridItem>
      {making?.kind === "system" && (
        <GridItem span={12}>
          <CreateNamed
            name={making.name}
            onMade={(id) => {
              chooseSystem(id);
              setMaking(null);
            }}
            onClose={() => setMaking(null)}
          />
        </GridItem>
      )}
      {making?.kind === "service" && system && (
        <GridItem span={12}>
          <CreateNamed
            within={system}
            name={making.name}
            onMade={(service) => {
              change({ service });
              setMaking(null);
            }}
            onClose={() => setMaking(null)}
          />
        </GridItem>
      )}
      <GridItem span={12} md={6}>
        <ComboField
          id="namespace"
          label={text("namespace")}
          help={text("namespaceHelp")}
          value={draft.namespace}
          choices={offer.namespaces.map(({ id, name, environment }) => ({
            value: id,
            label: name,
            description: environment === "prod" || environment === "test" ? text(environment) : environment,
          }))}
          onChange={(namespace) => change({ namespace })}
          placeholder={text("pickNamespace")}
          none={text("noNamespace")}
          problem={problem("/namespace_id")}
          required
        />
      </GridItem>
    </Grid>
  );
}

function firstLine(description: string): string | undefined {
  const line = description.split("\n")[0]?.slice(0, 120);
  return line === "" ? undefined : line;
}
