import { catalogue } from "../../messages/catalogue";

/** Texts of the first-run set-up. */
export const setUpText = catalogue(
  {
    title: "Set up Shepherd",
    subtitle: "Create the first administrator. This page works once.",
    token: "Set-up token",
    tokenHelp: "The server printed it when it started.",
    username: "Username",
    displayName: "Name",
    displayNameHelp: "As others will see it on decisions and in the audit log.",
    password: "Password",
    passwordHelp: "At least 8 characters; a sentence is good.",
    submit: "Create the administrator",
    done: "Shepherd is set up",
    doneBody: "Sign in with the account that you have just created.",
    signIn: "Sign in",
    already: "Shepherd is set up already",
    alreadyBody: "Somebody has created the first administrator. Ask them for an account.",
  },
  {
    title: "设置 Shepherd",
    subtitle: "创建第一位管理员。本页只能使用一次。",
    token: "设置令牌",
    tokenHelp: "服务器启动时已打印。",
    username: "用户名",
    displayName: "姓名",
    displayNameHelp: "审批记录和审计日志中显示的名称。",
    password: "密码",
    passwordHelp: "至少 8 个字符；一句话最好。",
    submit: "创建管理员",
    done: "Shepherd 已设置完成",
    doneBody: "请用刚创建的账户登录。",
    signIn: "登录",
    already: "Shepherd 已经设置过",
    alreadyBody: "第一位管理员已经创建。请向其申请账户。",
  },
);
