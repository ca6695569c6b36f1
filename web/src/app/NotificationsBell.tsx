import { NotificationBadge, NotificationBadgeVariant } from "@patternfly/react-core";
import { lazy, useRef, useState } from "react";
import { api, type Schemas } from "../api/client";
import { useText } from "../messages/catalogue";
import { code } from "./code";
import { notificationText } from "./notificationText";
import { OnDemand } from "./OnDemand";
import { useRead } from "./read";

const NotificationsPopover = lazy(() =>
  code(() => import("./NotificationsPopover")).then((module) => ({ default: module.NotificationsPopover })),
);

/** Unread notifications, and the latest of all of them on demand. */
export function NotificationsBell() {
  const text = useText(notificationText);
  const bell = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const unread = useRead<Schemas["UnreadCount"]>(["notifications", "unread"], (signal) =>
    api.GET("/api/v1/notifications/unread-count", { signal }),
  );
  const count = unread.data?.unread ?? 0;
  return (
    <>
      <NotificationBadge
        innerRef={bell}
        variant={count > 0 ? NotificationBadgeVariant.unread : NotificationBadgeVariant.read}
        count={count}
        aria-label={text("unread", { count })}
        aria-haspopup="dialog"
        isExpanded={open}
        onClick={() => setOpen(!open)}
      />
      {open && (
        <OnDemand fallback={null}>
          <NotificationsPopover bell={bell} unread={count} onClose={() => setOpen(false)} />
        </OnDemand>
      )}
    </>
  );
}
