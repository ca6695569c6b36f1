import { Card, CardBody, CardTitle, Flex, FlexItem, Label, List, ListItem, StackItem } from "@patternfly/react-core";
import { CheckCircleIcon } from "@patternfly/react-icons/dist/esm/icons/check-circle-icon";
import { PendingIcon } from "@patternfly/react-icons/dist/esm/icons/pending-icon";
import { api } from "../../api/client";
import { useRead } from "../../app/read";
import { useMay } from "../../app/session";
import { Link } from "../../components/Link";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { homeText } from "./text";

type Counted = { pagination: { total: number } };
type Call = (signal: AbortSignal) => Promise<{ data?: Counted; error?: unknown; response: Response }>;

const ONE = { page: 1, per_page: 1 };
const STEPS = [
  {
    step: "cluster",
    kind: "clusters",
    permission: "platform:cluster:manage",
    to: paths.newCluster(),
    list: paths.clusters(),
    least: 1,
    call: (signal) => api.GET("/api/v1/clusters", { params: { query: ONE }, signal }),
  },
  {
    step: "template",
    kind: "templates",
    permission: "platform:template:manage",
    to: paths.newTemplate(),
    list: paths.templates(),
    least: 1,
    call: (signal) => api.GET("/api/v1/templates", { params: { query: { ...ONE, status: "active" } }, signal }),
  },
  {
    step: "size",
    kind: "instance-sizes",
    permission: "platform:instance_size:manage",
    to: paths.newSize(),
    list: paths.sizes(),
    least: 1,
    call: (signal) => api.GET("/api/v1/instance-sizes", { params: { query: { ...ONE, enabled: true } }, signal }),
  },
  {
    step: "namespace",
    kind: "namespaces",
    permission: "governance:namespace:manage",
    to: paths.namespaces(),
    list: paths.namespaces(),
    least: 1,
    call: (signal) => api.GET("/api/v1/namespaces", { params: { query: { ...ONE, enabled: true } }, signal }),
  },
  {
    step: "people",
    kind: "users",
    permission: "identity:user:manage",
    to: paths.newPerson(),
    list: paths.people(),
    // The administrator, somebody who asks, somebody who decides.
    least: 3,
    call: (signal) => api.GET("/api/v1/users", { params: { query: ONE }, signal }),
  },
] as const satisfies readonly { step: string; kind: string; permission: string; to: string; list: string; least: number; call: Call }[];

function useSteps() {
  return [useStep(0), useStep(1), useStep(2), useStep(3), useStep(4)].filter(({ may }) => may);
}

/** What there is of each, once an administrator has set up all of it. */
export function SetUpDone() {
  const text = useText(homeText);
  const steps = useSteps();
  if (steps.length === 0 || !steps.every(({ done }) => done === true)) return null;
  return (
    <StackItem>
      <Card isCompact>
        <CardTitle>
          <h2>{text("setUpDone")}</h2>
        </CardTitle>
        <CardBody>
          <Flex columnGap={{ default: "columnGapLg" }}>
            {steps.map(({ step, list, count }) => (
              <FlexItem key={step}>
                <Link to={list}>{text(`count_${step}`, { count })}</Link>
              </FlexItem>
            ))}
          </Flex>
        </CardBody>
      </Card>
    </StackItem>
  );
}

/** What an administrator still has to set up; nothing once all of it is there. */
export function SetUpSteps() {
  const text = useText(homeText);
  const steps = useSteps();
  if (steps.length === 0 || !steps.some(({ done }) => done === false)) return null;
  return (
    <StackItem>
      <Card>
        <CardTitle>
          <h2>{text("setUp")}</h2>
        </CardTitle>
        <CardBody>
          <p className="shepherd-subtle pf-v6-u-mb-md">{text("setUpBody")}</p>
          <List isPlain isBordered>
            {steps.map(({ step, to, done }) => (
              <ListItem key={step}>
                <Flex>
                  <FlexItem>
                    <Label color={done ? "green" : "blue"} icon={done ? <CheckCircleIcon /> : <PendingIcon />}>
                      {text(done ? "done" : "todo")}
                    </Label>
                  </FlexItem>
                  <FlexItem>
                    {done ? text(`step_${step}`) : <Link to={to}>{text(`step_${step}`)}</Link>}{" "}
                    <span className="shepherd-subtle">{text(`step_${step}_why`)}</span>
                  </FlexItem>
                </Flex>
              </ListItem>
            ))}
          </List>
        </CardBody>
      </Card>
    </StackItem>
  );
}

function useStep(index: 0 | 1 | 2 | 3 | 4) {
  const { step, kind, permission, to, list, least, call } = STEPS[index];
  const may = useMay(permission);
  const read = useRead<Counted>([kind, "set-up"], call, { enabled: may });
  return { step, to, list, may, count: read.data?.pagination.total ?? 0, done: read.data && read.data.pagination.total >= least };
}
