import { catalogue } from "../../messages/catalogue";

/** Texts of changing one's password. */
export const passwordText = catalogue(
  {
    title: "Change your password",
    forced: "You were given this password by somebody else. Choose one that only you know.",
    own: "Your other sessions will end.",
    current: "Current password",
    next: "New password",
    nextHelp: "At least 8 characters; a sentence is good.",
    repeat: "New password again",
    differs: "The two differ.",
    submit: "Change the password",
    done: "Your password was changed",
    back: "Back",
  },
  {
    title: "修改密码",
    forced: "当前密码由他人设定。请改成只有您自己知道的密码。",
    own: "您的其他会话将会结束。",
    current: "当前密码",
    next: "新密码",
    nextHelp: "至少 8 个字符；一句话最好。",
    repeat: "再次输入新密码",
    differs: "两次输入不一致。",
    submit: "修改密码",
    done: "密码已修改",
    back: "返回",
  },
);
