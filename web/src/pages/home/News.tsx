import { Button, Card, CardBody, CardHeader, CardTitle, List, ListItem, Skeleton } from "@patternfly/react-core";
import { api, type Schemas } from "../../api/client";
import { useNotificationWords } from "../../app/notificationWords";
import { useRead } from "../../app/read";
import { useWrite } from "../../app/write";
import { Link } from "../../components/Link";
import { ProblemAlert } from "../../components/ProblemAlert";
import { stateText } from "../../components/stateText";
import { useTicket } from "../../components/TicketCells";
import { commonText } from "../../components/text";
import { Time } from "../../components/Time";
import { useText } from "../../messages/catalogue";
import { paths } from "../../paths";
import { homeText } from "./text";

const SHOWN = 8;
/** Kinds that are true only until somebody has decided. */
const WAITING = ["APPROVAL_PENDING", "APPROVAL_REMINDER"];

/** Unread notifications: what changed since the reader last looked. */
export function News() {
  const text = useText(homeText);
  const common = useText(commonText);
  const list = useRead<Schemas["NotificationList"]>(["notifications", "unread-list"], (signal) =>
    api.GET("/api/v1/notifications", { params: { query: { unread: true, per_page: SHOWN } }, signal }),
  );
  const readOne = useWrite<string, unknown>(
    (id) => api.POST("/api/v1/notifications/{id}/read", { params: { path: { id } } }),
    ["notifications"],
  );
  const readAll = useWrite<null, unknown>(() => api.POST("/api/v1/notifications/read-all"), ["notifications"]);
  const items = list.data?.items ?? [];
  const actions = (
    <Button variant="link" isInline isLoading={readAll.isPending} onClick={() => readAll.mutate(null)}>
      {text("readAll")}
    </Button>
  );
  return (
    <Card isCompact>
      <CardHeader {...(items.length > 0 ? { actions: { actions, hasNoOffset: true } } : {})}>
        <CardTitle>
          <h2>{text("news")}</h2>
        </CardTitle>
      </CardHeader>
      <CardBody>
        {list.error && !list.data && <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />}
        {list.isPending && <Skeleton height="8rem" screenreaderText={common("loading")} />}
        {list.data && items.length === 0 && <p className="shepherd-subtle">{text("newsNone")}</p>}
        <List isPlain isBordered={items.length > 0}>
          {items.map((item) => (
            <ListItem key={item.id}>
              <Link to={paths.request(item.ticket_id)} className="shepherd-break" onClick={() => readOne.mutate(item.id)}>
                <Words item={item} />
              </Link>
              <div className="shepherd-subtle">
                <Time at={item.created_at} />
              </div>
            </ListItem>
          ))}
        </List>
      </CardBody>
    </Card>
  );
}

/** What a notification tells, as it is now: what waited for a decision may have been decided since. */
function Words({ item }: { item: Schemas["Notification"] }) {
  const words = useNotificationWords();
  const states = useText(stateText);
  const text = useText(homeText);
  const waited = WAITING.includes(item.kind);
  const { data } = useTicket(item.ticket_id, { enabled: waited });
  const key = `ticket_${data?.approval.state ?? "PENDING"}`;
  // Others on the page read the same request: it may be there although this one did not ask for it.
  if (!waited || key === "ticket_PENDING" || !(key in stateText.en) || !data) return words(item);
  return text("noLongerWaits", { vm: data.vm_name, state: states(key as keyof (typeof stateText)["en"]) });
}
