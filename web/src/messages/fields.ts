import type { Schemas } from "../api/client";
import type { Locale } from "../app/language";
import { catalogue, format, type Values } from "./catalogue";

/** The words, by code. */
export const fieldText = catalogue(
  {
    REQUIRED: "Fill this in.",
    TOO_LONG: "Too long: at most {maximum} characters.",
    TYPE: "This is not the right kind of value.",
    CHARACTERS: "Contains characters that are not allowed.",
    FORMAT: "Not in the right form.",
    RANGE: "Must be between {minimum} and {maximum}.",
    UNKNOWN: "This value is not known.",
    UNKNOWN_FIELD: "This is not accepted here.",
    NOT_ALLOWED: "Not allowed here.",
    REFERENCE: "This is not a valid image reference.",
    URL: "This is not a valid address; use https.",
    KUBERNETES_NAME: "Use lower-case letters, digits and hyphens; begin and end with a letter or digit.",
    DEVICE: "Not a device name such as vendor.com/device.",
    WITHOUT_MODIFIED_SPEC: "Give a reason only together with changed resources.",
    HEADER: "A header is not valid.",
    OTHER: "Not accepted ({code}).",
  },
  {
    REQUIRED: "请填写此项。",
    TOO_LONG: "过长：最多 {maximum} 个字符。",
    TYPE: "值的类型不正确。",
    CHARACTERS: "包含不允许的字符。",
    FORMAT: "格式不正确。",
    RANGE: "必须介于 {minimum} 和 {maximum} 之间。",
    UNKNOWN: "没有这个值。",
    UNKNOWN_FIELD: "此处不接受该项。",
    NOT_ALLOWED: "此处不允许。",
    REFERENCE: "不是有效的镜像引用。",
    URL: "地址无效；请使用 https。",
    KUBERNETES_NAME: "请使用小写字母、数字和连字符，并以字母或数字开头和结尾。",
    DEVICE: "不是有效的设备名，例如 vendor.com/device。",
    WITHOUT_MODIFIED_SPEC: "只有修改了资源时才填写理由。",
    HEADER: "请求头无效。",
    OTHER: "不被接受（{code}）。",
  },
);

/** What is wrong with a field, in fieldText. */
export function fieldWords(locale: Locale, field: Schemas["FieldProblem"]): string {
  const texts = locale === "zh-CN" ? fieldText.zh : fieldText.en;
  const known = field.code in texts ? (field.code as keyof typeof texts) : "OTHER";
  const values = { code: field.code, minimum: "", maximum: "", ...(field.params as Values) };
  return format(locale, texts[known], values);
}
