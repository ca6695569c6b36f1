import { Alert, Grid, GridItem, PageSection } from "@patternfly/react-core";
import { useMe } from "../../app/session";
import { NoPermission } from "../../components/NoPermission";
import { PageHeading } from "../../components/PageHeading";
import { ProblemAlert } from "../../components/ProblemAlert";
import { WhenRead } from "../../components/WhenRead";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { useRequestDraft, type Draft } from "./draft";
import { chosenOf, useOffer, type Offer } from "./offer";
import { usePrefill } from "./prefill";
import { Preview } from "./Preview";
import { RequestForm } from "./RequestForm";
import { newRequestText } from "./text";

const PERMISSION = "compute:vm:create";

/** The form that asks for a VM, with a preview of what comes of it. */
export function Page() {
  const { permissions } = useMe();
  if (!permissions.includes(PERMISSION)) return <NoPermission permission={PERMISSION} level="h1" />;
  return <NewRequest />;
}

function NewRequest() {
  const text = useText(newRequestText);
  const { principal } = useMe();
  const [draft, change, clear] = useRequestDraft(principal.id);
  const offer = useOffer(draft.system);
  const prefill = usePrefill(offer.data, change);
  return (
    <>
      <PageHeading
        title={text("title")}
        subtitle={text("subtitle")}
        above={[{ label: text("myRequests"), to: paths.myRequests() }]}
      />
      <WhenRead read={offer}>
        {(data) => (
          <PageSection>
            {prefill.error && <ProblemAlert error={prefill.error} />}
            {prefill.copied && <Copied draft={draft} offer={data} />}
            <Lacking offer={data} />
            <Grid hasGutter>
              <GridItem span={12} lg={8}>
                <RequestForm draft={draft} offer={data} change={change} clear={clear} />
              </GridItem>
              <GridItem span={12} lg={4}>
                {/* The card has a position of its own. */}
                <div className="shepherd-sticky">
                  <Preview chosen={chosenOf(draft, data)} />
                </div>
              </GridItem>
            </Grid>
          </PageSection>
        )}
      </WhenRead>
    </>
  );
}

/** Says that the form was filled in from an earlier request, and which part of that is gone. */
function Copied({ draft, offer }: { draft: Draft; offer: Offer }) {
  const text = useText(newRequestText);
  const chosen = chosenOf(draft, offer);
  const gone = [
    ...(chosen.system ? [] : [text("system")]),
    ...(chosen.service || !offer.services ? [] : [text("service")]),
    ...(chosen.namespace ? [] : [text("namespace")]),
    ...(chosen.template ? [] : [text("template")]),
    ...(chosen.size ? [] : [text("size")]),
  ];
  return (
    <Alert variant={gone.length > 0 ? "warning" : "info"} isInline title={text("copied")} className="pf-v6-u-mb-md">
      {gone.length > 0 ? text("changed", { what: gone.join(", ") }) : text("copiedBody")}
    </Alert>
  );
}

/** Says what an administrator has to set up before anybody can ask for anything. */
function Lacking({ offer }: { offer: Offer }) {
  const text = useText(newRequestText);
  const lacking = (["templates", "sizes", "namespaces"] as const).filter((kind) => offer[kind].length === 0);
  if (lacking.length === 0) return null;
  return (
    <Alert variant="warning" isInline title={text("lacking")} className="pf-v6-u-mb-md">
      {[...lacking.map((kind) => text(`lacking_${kind}`)), text("lackingBody")].join(" ")}
    </Alert>
  );
}
