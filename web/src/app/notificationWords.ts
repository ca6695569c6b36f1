import type { Schemas } from "../api/client";
import { useText, type Values } from "../messages/catalogue";
import { notificationText } from "./notificationText";

function isKnown(kind: string): kind is keyof (typeof notificationText)["en"] {
  return kind in notificationText.en;
}

/** Says what a notification tells. A server of another release may send kinds without words here, or leave the name out. */
export function useNotificationWords(): (item: Schemas["Notification"]) => string {
  const text = useText(notificationText);
  return ({ kind, params }) => text(isKnown(kind) ? kind : "OTHER", { vm_name: text("request"), ...(params as Values) });
}
