import { Card, CardBody, CardTitle, List, ListItem } from "@patternfly/react-core";
import { api, type Schemas } from "../../api/client";
import { useLanguage } from "../../app/language";
import { useRead } from "../../app/read";
import { useMay } from "../../app/session";
import { EnvironmentLabel } from "../../components/EnvironmentLabel";
import { Facts } from "../../components/Facts";
import { useSizeWords } from "../../components/Size";
import { keepsDisk } from "../../components/sizes";
import { span } from "../../components/Time";
import { useText } from "../../messages/catalogue";
import { promised, type Chosen } from "./offer";
import { newRequestText } from "./text";

const LABELS = "kubevirt-shepherd.io/";
/** Shorter medians say nothing about people. */
const WORTH_SAYING = 60;

/** What the request will come to, as far as it is filled in, and what happens next. */
export function Preview({ chosen }: { chosen: Chosen }) {
  const text = useText(newRequestText);
  const { locale } = useLanguage();
  const words = useSizeWords();
  const { system, service, namespace, template, size } = chosen;
  const gets = promised(chosen);
  const summary = useRead<Schemas["TicketSummary"]>(["tickets", "summary"], (signal) =>
    api.GET("/api/v1/tickets/summary", { signal }),
  );
  // The server counts what the reader may see: for most, their own requests alone.
  const sees = useMay("governance:ticket:read");
  const median = summary.data?.median_seconds_to_decision ?? 0;
  const parts = [namespace?.name, system?.name, service?.name];
  const number = service ? String(service.next_instance).padStart(2, "0") : "…";
  const name = `${parts.map((part) => part ?? "…").join("-")}-${number}`;
  const nothing = [...parts, template, size].every((part) => part === undefined);
  return (
    <Card>
      <CardTitle>
        <h2>{text("preview")}</h2>
      </CardTitle>
      <CardBody>
        {nothing ? (
          <p className="shepherd-subtle">{text("previewEmpty")}</p>
        ) : (
          <>
            <div className="shepherd-subtle">{text("vmName")}</div>
            <div className="shepherd-mono shepherd-break">
              <strong>{name}</strong>
            </div>
            <small className="shepherd-subtle">{text("vmNameNote")}</small>
            <div className="pf-v6-u-mt-md">
              <Facts
                facts={[
                  [
                    text("where"),
                    namespace && (
                      <>
                        {namespace.name} <EnvironmentLabel environment={namespace.environment} />
                      </>
                    ),
                  ],
                  [text("what"), gets && (size ? text("sizeLine", { size: size.display_name, words: words(gets) }) : words(gets))],
                  [text("disk"), size && !keepsDisk(template) ? text("disklessShort") : size && gets?.disk_gib === undefined ? text("diskBounds", { min: size.disk.min_gib, max: size.disk.max_gib }) : undefined],
                  [text("image"), template && text("imageLine", { template: template.display_name, version: template.version })],
                ]}
              />
            </div>
            {system && (
              <div className="pf-v6-u-mt-md">
                <strong>{text("labels")}</strong>
                <Labels system={system.name} service={service?.name} />
              </div>
            )}
          </>
        )}
        <h3 className="pf-v6-u-mt-md pf-v6-u-mb-sm pf-v6-u-font-weight-bold">{text("next")}</h3>
        <List>
          <ListItem>{text("nextDecides")}</ListItem>
          {median >= WORTH_SAYING && <ListItem>{text(sees ? "nextMedian" : "nextMedianOwn", { time: span(locale, median * 1_000), count: summary.data?.decided_this_week })}</ListItem>}
          <ListItem>{text("nextCluster")}</ListItem>
        </List>
      </CardBody>
    </Card>
  );
}

function Labels({ system, service }: { system: string; service: string | undefined }) {
  const lines = [["system", system], ...(service ? [["service", service]] : [])];
  return lines.map(([name, value]) => (
    <div key={name} className="shepherd-mono shepherd-break pf-v6-u-font-size-sm">
      {LABELS}
      {name}: {value}
    </div>
  ));
}
