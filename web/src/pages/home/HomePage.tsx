import { Gallery, Grid, GridItem, PageSection, Stack, StackItem } from "@patternfly/react-core";
import { PlusCircleIcon } from "@patternfly/react-icons/dist/esm/icons/plus-circle-icon";
import { useMay, useMe } from "../../app/session";
import { useGo } from "../../app/url";
import { PageHeading } from "../../components/PageHeading";
import { ReasonedButton, useWhyNotPermitted } from "../../components/ReasonedButton";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { FirstSteps } from "./FirstSteps";
import { News } from "./News";
import { OpenRequests, RecentRequests, RequestsToDecide } from "./OwnRequests";
import { SetUpSteps } from "./SetUpSteps";
import { homeText } from "./text";
import { MachinesTile, PendingTile, WaitingTile } from "./tiles";

/** Where everybody begins: what waits, for whom, and what has changed. */
export function Page() {
  const text = useText(homeText);
  const go = useGo();
  const { principal, permissions } = useMe();
  const mayNotAsk = useWhyNotPermitted(permissions, "compute:vm:create");
  const decides = useMay("governance:approval:decide");
  const asks = mayNotAsk === undefined;
  const sees = useMay("compute:vm:read");
  return (
    <>
      <PageHeading
        title={text("title")}
        subtitle={text("hello", { name: principal.display_name })}
        actions={
          <ReasonedButton why={mayNotAsk} icon={<PlusCircleIcon />} onClick={() => go(paths.newRequest())}>
            {text("newRequest")}
          </ReasonedButton>
        }
      />
      <PageSection>
        <Stack hasGutter>
          <SetUpSteps />
          <StackItem>
            <Grid hasGutter>
              {(asks || decides || sees) && (
                <GridItem span={12} xl={8}>
                  <Stack hasGutter>
                    <StackItem>
                      <Gallery hasGutter minWidths={{ default: "17rem" }}>
                        {decides && <WaitingTile />}
                        {asks && <PendingTile />}
                        {sees && <MachinesTile />}
                      </Gallery>
                    </StackItem>
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
                  </Stack>
                </GridItem>
              )}
              <GridItem span={12} xl={asks || decides || sees ? 4 : 12}>
                <News />
              </GridItem>
            </Grid>
          </StackItem>
        </Stack>
      </PageSection>
    </>
  );
}
