import { Button, Gallery, Grid, GridItem, PageSection, Stack, StackItem } from "@patternfly/react-core";
import { PlusCircleIcon } from "@patternfly/react-icons/dist/esm/icons/plus-circle-icon";
import { useMay, useMe } from "../../app/session";
import { useGo } from "../../app/url";
import { PageHeading } from "../../components/PageHeading";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { FirstSteps } from "./FirstSteps";
import { LatestRecords } from "./LatestRecords";
import { News } from "./News";
import { HealthCard, StuckCard } from "./Operations";
import { OpenRequests, RecentRequests, RequestsToDecide } from "./OwnRequests";
import { SetUpDone, SetUpSteps } from "./SetUpSteps";
import { homeText } from "./text";
import { MachinesTile, PendingTile, WaitingTile } from "./tiles";

/** Where everybody begins: what waits, for whom, and what has changed. */
export function Page() {
  const text = useText(homeText);
  const go = useGo();
  const { principal } = useMe();
  const decides = useMay("governance:approval:decide");
  const asks = useMay("compute:vm:create");
  const operates = useMay("workflow:execution:read");
  const audits = useMay("audit:log:read");
  const administers = useMay("identity:user:manage");
  // Administrators, who may read the audit too, have their set-up here.
  const reviews = audits && !administers;
  const sees = useMay("compute:vm:read");
  const somewhere = asks || decides || sees || operates || reviews || administers;
  return (
    <>
      <PageHeading
        title={text("title")}
        subtitle={text("hello", { name: principal.display_name })}
        // What one cannot do at all is not the first thing here; the pages where it is done say why.
        actions={
          asks && (
            <Button icon={<PlusCircleIcon />} onClick={() => go(paths.newRequest())}>
              {text("newRequest")}
            </Button>
          )
        }
      />
      <PageSection>
        <Stack hasGutter>
          <SetUpSteps />
          <StackItem>
            <Grid hasGutter>
              {somewhere && (
                <GridItem span={12} xl={8}>
                  <Stack hasGutter>
                    {operates && (
                      <StackItem>
                        <Gallery hasGutter minWidths={{ default: "19rem" }}>
                          <HealthCard />
                          <StuckCard />
                        </Gallery>
                      </StackItem>
                    )}
                    <StackItem>
                      <Gallery hasGutter className="shepherd-fill">
                        {decides && <WaitingTile />}
                        {asks && <PendingTile />}
                        {sees && <MachinesTile />}
                      </Gallery>
                    </StackItem>
                    {reviews && (
                      <StackItem>
                        <LatestRecords />
                      </StackItem>
                    )}
                    {decides && (
                      <StackItem>
                        <RequestsToDecide />
                      </StackItem>
                    )}
                    {asks && (
                      <FirstSteps>
                        <StackItem>
                          <OpenRequests />
                        </StackItem>
                        <StackItem>
                          <RecentRequests />
                        </StackItem>
                      </FirstSteps>
                    )}
                    <SetUpDone />
                  </Stack>
                </GridItem>
              )}
              <GridItem span={12} xl={somewhere ? 4 : 12}>
                <News />
              </GridItem>
            </Grid>
          </StackItem>
        </Stack>
      </PageSection>
    </>
  );
}
