import { Card, CardBody, CardFooter, CardTitle, List, ListItem, Skeleton } from "@patternfly/react-core";
import { api, type Schemas } from "../../api/client";
import { useRead } from "../../app/read";
import { Link } from "../../components/Link";
import { ProblemAlert } from "../../components/ProblemAlert";
import { isWell, useStandings } from "../../components/standing";
import { StateLabel } from "../../components/StateLabel";
import { commonText } from "../../components/text";
import { Countdown, Time } from "../../components/Time";
import { useText } from "../../messages/catalogue";
import { faultText, stepKey } from "../../messages/faults";
import { paths } from "../../paths";
import { homeText } from "./text";

const SHOWN = 5;

/** Whether everything that Shepherd stands on works; what does not, first. */
export function HealthCard() {
  const text = useText(homeText);
  const common = useText(commonText);
  const { read: health, of, known } = useStandings();
  const items = health.data?.items ?? [];
  const bad = items.filter((row) => !isWell(of(row)));
  return (
    <Card isCompact isFullHeight>
      <CardTitle>
        <h2>{text("health")}</h2>
      </CardTitle>
      <CardBody>
        {health.error && !health.data && <ProblemAlert error={health.error} onRetry={() => void health.refetch()} />}
        {(health.isPending || (health.data && !known)) && <Skeleton height="4rem" screenreaderText={common("loading")} />}
        {health.data && known && bad.length === 0 && (
          <p>
            <StateLabel of="dependency" state="OK" /> {text("healthGood", { count: items.length })}
          </p>
        )}
        <List isPlain isBordered={bad.length > 0}>
          {(known ? bad : []).map((row, index) => (
            <ListItem key={index}>
              <StateLabel {...of(row)} /> <span className="shepherd-break">{row.name || row.kind}</span>
              {row.last_good_at && (
                <div className="shepherd-subtle">
                  {text("lastGood")} <Time at={row.last_good_at} />
                </div>
              )}
            </ListItem>
          ))}
        </List>
      </CardBody>
      <CardFooter>
        <Link to={paths.health()}>{text("openHealth")}</Link>
      </CardFooter>
    </Card>
  );
}

/** Steps over their deadline, the longest first: what somebody has to look at. */
export function StuckCard() {
  const text = useText(homeText);
  const common = useText(commonText);
  const steps = useText(faultText);
  const query = { overdue: true, page: 1, per_page: SHOWN };
  const stuck = useRead<Schemas["StepList"]>(["steps", "home"], (signal) => api.GET("/api/v1/steps", { params: { query }, signal }));
  const items = stuck.data?.items ?? [];
  const words = (name: string) => {
    const key = stepKey(name);
    return key ? steps(key) : name;
  };
  return (
    <Card isCompact isFullHeight>
      <CardTitle>
        <h2>{text("stuck")}</h2>
      </CardTitle>
      <CardBody>
        {stuck.error && !stuck.data && <ProblemAlert error={stuck.error} onRetry={() => void stuck.refetch()} />}
        {stuck.isPending && <Skeleton height="4rem" screenreaderText={common("loading")} />}
        {stuck.data && <p className={items.length === 0 ? "shepherd-subtle" : ""}>{text("stuckCount", { count: stuck.data.pagination.total })}</p>}
        <List isPlain isBordered={items.length > 0}>
          {items.map((step) => (
            <ListItem key={`${step.ticket_id} ${step.name}`}>
              <Link to={paths.run(step.ticket_id)} className="shepherd-break">
                {step.vm_name}
              </Link>{" "}
              <StateLabel of="step" state={step.state} />
              <div className="shepherd-subtle">
                {words(step.name)} · <Countdown until={step.deadline_at} />
              </div>
            </ListItem>
          ))}
        </List>
      </CardBody>
      <CardFooter>
        <Link to={paths.stuck()}>{text("openStuck")}</Link>
      </CardFooter>
    </Card>
  );
}
