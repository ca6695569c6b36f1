import type { Schemas } from "../api/client";
import type { Locale } from "../app/language";
import { catalogue, format, type Message, type Values } from "./catalogue";

/** The words, by code. */
export const detailText = catalogue(
  {
    PERMISSION_DENIED: "It needs the permission {permission}.",
    ALREADY_DECIDED:
      "{decided_by_name} was first: the request is {state, select, APPROVED {approved} REJECTED {rejected} CANCELLED {withdrawn} EXPIRED {expired} other {{state}}}.",
    NOT_USABLE: "The {resource} is {state}.",
    NOT_FOUND: "The {resource} does not exist, or you may not see it.",
    ALREADY_EXISTS: "There is already a {resource} named {name}.",
    DELETE_RESTRICTED: "{count, plural, one {# {child} hangs on it.} other {# of kind {child} hang on it.}}",
    DISK_OUT_OF_RANGE: "The disk must be between {minimum} and {maximum} GiB.",
    RATE_LIMIT_EXCEEDED: "Try again in {retry_after} seconds.",
    STATE_CONFLICT:
      "{rule, select, last_administrator {Nobody else holds the role {role} in the whole tenant. Give it to somebody else first.} self {This cannot be done to oneself. Ask another administrator.} no_local_account {This person has no password here.} other {It is {status} now.}}",
    NAME_INVALID:
      "{rule, select, empty {It is empty.} characters {Use a-z, 0-9 and hyphens; end with a letter or digit.} double_hyphen {Two hyphens in a row are not allowed.} reserved {This name is reserved.} other {The rule: {rule}.}}",
    NAMESPACE_NAME_INVALID:
      "{rule, select, empty {It is empty.} characters {Use a-z, 0-9 and hyphens; begin with a letter, end with a letter or digit.} double_hyphen {Two hyphens in a row are not allowed.} reserved {This name is reserved.} other {The rule: {rule}.}}",
    NAME_TOO_LONG: "It has {length} characters; {maximum} are allowed.",
    PASSWORD_REFUSED:
      "{rule, select, too_short {It needs at least {minimum} characters.} too_long {It may have at most {maximum} characters.} control_characters {It contains control characters.} contains_username {It contains the username.} repetitive {It repeats too few characters.} common {It is one of the first that attackers try.} unchanged {It is the present one.} other {The rule: {rule}.}}",
    INVALID_SPEC_OVERRIDES:
      "{rule, select, prefix {{path} does not begin with spec.} path {{path} is not a path.} owned {{path} is set by another field of the size or by Shepherd itself ({owned}).} other {{path}: {rule}.}}",
    TEMPLATE_SPEC_VIOLATION: "{pointer} is hardware; that belongs to an instance size.",
    NOT_DRAFT: "This version is {status}.",
    TWO_PERSON_INTEGRITY:
      "{rule, select, dependent_approver {The requester created your account, reset your password or gave you the role alone.} other {You are the requester.}}",
  },
  {
    PERMISSION_DENIED: "需要权限 {permission}。",
    ALREADY_DECIDED:
      "{decided_by_name} 已先行处理：该申请{state, select, APPROVED {已批准} REJECTED {已拒绝} CANCELLED {已撤回} EXPIRED {已过期} other {为 {state}}}。",
    NOT_USABLE: "{resource} 的状态为 {state}。",
    NOT_FOUND: "{resource} 不存在，或者您无权查看。",
    ALREADY_EXISTS: "已存在名为 {name} 的 {resource}。",
    DELETE_RESTRICTED: "仍有 {count} 个 {child} 依赖于它。",
    DISK_OUT_OF_RANGE: "磁盘必须介于 {minimum} 和 {maximum} GiB 之间。",
    RATE_LIMIT_EXCEEDED: "请在 {retry_after} 秒后重试。",
    STATE_CONFLICT:
      "{rule, select, last_administrator {整个租户中没有其他人拥有角色 {role}。请先授予他人。} self {不能对自己执行此操作，请联系其他管理员。} no_local_account {此人在这里没有密码。} other {它现在的状态为 {status}。}}",
    NAME_INVALID:
      "{rule, select, empty {名称为空。} characters {请使用 a-z、0-9 和连字符，并以字母或数字结尾。} double_hyphen {不允许连续两个连字符。} reserved {该名称已保留。} other {规则：{rule}。}}",
    NAMESPACE_NAME_INVALID:
      "{rule, select, empty {名称为空。} characters {请使用 a-z、0-9 和连字符，以字母开头，以字母或数字结尾。} double_hyphen {不允许连续两个连字符。} reserved {该名称已保留。} other {规则：{rule}。}}",
    NAME_TOO_LONG: "长度为 {length} 个字符；最多允许 {maximum} 个。",
    PASSWORD_REFUSED:
      "{rule, select, too_short {至少需要 {minimum} 个字符。} too_long {最多 {maximum} 个字符。} control_characters {包含控制字符。} contains_username {包含用户名。} repetitive {重复的字符过多。} common {这是攻击者最先尝试的密码之一。} unchanged {与当前密码相同。} other {规则：{rule}。}}",
    INVALID_SPEC_OVERRIDES:
      "{rule, select, prefix {{path} 没有以 spec. 开头。} path {{path} 不是有效路径。} owned {{path} 由规格的其他字段或 Shepherd 自身设置（{owned}）。} other {{path}：{rule}。}}",
    TEMPLATE_SPEC_VIOLATION: "{pointer} 属于硬件，应在实例规格中设置。",
    NOT_DRAFT: "该版本的状态为 {status}。",
    TWO_PERSON_INTEGRITY:
      "{rule, select, dependent_approver {您的账户由申请人创建、密码由其重置，或角色仅由其授予。} other {您就是申请人。}}",
  },
);

/** What the problem's parameters add to its words; nothing when one of them is missing. */
export function problemDetail(locale: Locale, problem: Schemas["Problem"]): string | undefined {
  const texts = locale === "zh-CN" ? detailText.zh : detailText.en;
  const text = texts[problem.code as keyof typeof texts] as Message | undefined;
  if (text === undefined) return undefined;
  try {
    // The words for a rule name what only some of its refusals carry.
    return format(locale, text, { rule: "", status: "", detail: "", owned: "", role: "", ...(problem.params as Values) });
  } catch {
    // The server left a parameter out, as it may; the title and the remedy stand by themselves.
    return undefined;
  }
}
