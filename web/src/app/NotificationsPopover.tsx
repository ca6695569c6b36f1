import {
  Button,
  EmptyState,
  EmptyStateBody,
  Menu,
  MenuContent,
  MenuItem,
  MenuList,
  Popover,
} from "@patternfly/react-core";
import type { RefObject } from "react";
import { api, type Schemas } from "../api/client";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { useText } from "../messages/catalogue";
import { paths } from "../paths";
import { notificationText } from "./notificationText";
import { useNotificationWords } from "./notificationWords";
import { useRead } from "./read";
import { useGo } from "./url";
import { useWrite } from "./write";

const SHOWN = 20;

interface Props {
  bell: RefObject<HTMLButtonElement | null>;
  unread: number;
  onClose: () => void;
}

/** The latest notifications below the bell. Loaded when it is first pressed: most pages are read without it. */
export function NotificationsPopover({ bell, unread, onClose }: Props) {
  const text = useText(notificationText);
  return (
    <Popover
      triggerRef={bell}
      isVisible
      shouldClose={onClose}
      position="bottom-end"
      minWidth="24rem"
      hasNoPadding
      headerContent={text("title")}
      className="shepherd-notifications"
      bodyContent={<Latest onGo={onClose} unread={unread} />}
    />
  );
}

function Latest({ onGo, unread }: { onGo: () => void; unread: number }) {
  const text = useText(notificationText);
  const words = useNotificationWords();
  const go = useGo();
  const list = useRead<Schemas["NotificationList"]>(["notifications", "latest"], (signal) =>
    api.GET("/api/v1/notifications", { params: { query: { per_page: SHOWN } }, signal }),
  );
  const readOne = useWrite<string, unknown>(
    (id) => api.POST("/api/v1/notifications/{id}/read", { params: { path: { id } } }),
    ["notifications"],
  );
  const readAll = useWrite<null, unknown>(() => api.POST("/api/v1/notifications/read-all"), ["notifications"]);
  if (list.error) return <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />;
  if (list.data?.items.length === 0) {
    return (
      <EmptyState titleText={text("empty")} headingLevel="h2" variant="sm">
        <EmptyStateBody>{text("emptyBody")}</EmptyStateBody>
      </EmptyState>
    );
  }
  return (
    <Menu isScrollable isPlain onSelect={onGo}>
      <MenuContent maxMenuHeight="26rem">
        <MenuList>
          {list.data?.items.map((item) => (
            <MenuItem
              key={item.id}
              description={<Time at={item.created_at} />}
              onClick={() => {
                if (!item.read_at) readOne.mutate(item.id);
                go(paths.request(item.ticket_id));
              }}
            >
              <span className={`shepherd-break ${item.read_at ? "" : "pf-v6-u-font-weight-bold"}`}>
                {words(item)}
              </span>
            </MenuItem>
          ))}
        </MenuList>
      </MenuContent>
      {unread > 0 && (
        <div className="pf-v6-u-p-sm">
          <Button variant="link" isLoading={readAll.isPending} onClick={() => readAll.mutate(null)}>
            {text("readAll")}
          </Button>
        </div>
      )}
    </Menu>
  );
}
