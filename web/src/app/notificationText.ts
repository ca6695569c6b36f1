import { catalogue } from "../messages/catalogue";

/** Texts of the notifications; one for each kind that the server sends. */
export const notificationText = catalogue(
  {
    title: "Notifications",
    unread: "{count, plural, =0 {No unread notifications} one {# unread notification} other {# unread notifications}}",
    more: "more than {count}",
    empty: "Nothing has happened yet",
    emptyBody: "You are told here when a request waits for you, and when yours is decided or done.",
    readAll: "Mark all as read",
    APPROVAL_PENDING: "{vm_name} waits for a decision",
    APPROVAL_REMINDER: "{vm_name} still waits for a decision",
    TICKET_APPROVED: "{vm_name} was approved",
    TICKET_REJECTED: "{vm_name} was rejected",
    TICKET_EXPIRED: "{vm_name} expired without a decision",
    TICKET_SUCCEEDED: "{vm_name} is running",
    TICKET_FAILED: "{vm_name} could not be created",
    TICKET_NEEDS_OPERATOR: "{vm_name} needs an operator",
    OTHER: "{vm_name}: something changed",
  },
  {
    title: "通知",
    unread: "{count, plural, =0 {没有未读通知} other {# 条未读通知}}",
    more: "超过 {count}",
    empty: "还没有通知",
    emptyBody: "有申请等待您审批,或者您的申请有结果时,会在这里通知您。",
    readAll: "全部标为已读",
    APPROVAL_PENDING: "{vm_name} 等待审批",
    APPROVAL_REMINDER: "{vm_name} 仍在等待审批",
    TICKET_APPROVED: "{vm_name} 已批准",
    TICKET_REJECTED: "{vm_name} 已被拒绝",
    TICKET_EXPIRED: "{vm_name} 未获审批,已过期",
    TICKET_SUCCEEDED: "{vm_name} 正在运行",
    TICKET_FAILED: "{vm_name} 创建失败",
    TICKET_NEEDS_OPERATOR: "{vm_name} 需要运维人员处理",
    OTHER: "{vm_name}:有变化",
  },
);
