import { catalogue } from "../messages/catalogue";

/** Texts of the field for a name: the rule, and what breaks it. */
export const nameText = catalogue(
  {
    nameRule: "1 to 15 lower-case letters (a-z), digits and hyphens; begins with a letter, ends with a letter or digit, no two hyphens in a row. Fixed for ever; it becomes a part of VM names.",
    name_upper: "Only lower-case letters: “{typed}” has {wrong}.",
    name_characters: "Not allowed in a name: {wrong}.",
    name_space: "A name has no spaces.",
    name_begin: "A name begins with a letter, not with “{wrong}”.",
    name_end: "A name does not end with a hyphen.",
    name_hyphens: "Two hyphens in a row are not allowed.",
    name_edge: "A name does not begin with a hyphen.",
    name_missing: "Fill this in.",
    name_length: "{length, number} characters are too many; {maximum} are allowed.",
    nameLong: "Accepted. Names longer than 12 characters make VM names hard to read.",
  },
  {
    name_upper: "只能使用小写字母：“{typed}”包含 {wrong}。",
    name_characters: "名称中不允许：{wrong}。",
    name_space: "名称不能包含空格。",
    name_begin: "名称以字母开头，不能以“{wrong}”开头。",
    name_end: "名称不能以连字符结尾。",
    name_hyphens: "不允许连续两个连字符。",
    name_edge: "名称不能以连字符开头。",
    name_missing: "请填写此项。",
    name_length: "{length, number} 个字符过多；最多 {maximum} 个。",
    nameRule: "1 至 15 个字符，可用小写字母 a-z、数字和连字符；以字母开头，以字母或数字结尾，不能连续两个连字符。之后不可更改；它会成为虚拟机名称的一部分。",
    nameLong: "可以使用。但超过 12 个字符的名称会使虚拟机名称难以阅读。",
  },
);
