import { catalogue } from "../../messages/catalogue";

/** Texts of signing in. */
export const signInText = catalogue(
  {
    title: "Sign in to Shepherd",
    subtitle: "Virtual machines on request, decided by people, provable afterwards.",
    username: "Username",
    password: "Password",
    tenant: "Tenant",
    submit: "Sign in",
    showPassword: "Show the password",
    hidePassword: "Hide the password",
    again: "Your session has ended",
    againBody: "Sign in again to go on. What you have typed on this page is kept.",
    againWhy: "A session ends after 12 hours, when you or an administrator ends it, and when you sign in for a sixth time: then the oldest of your five ends.",
  },
  {
    title: "登录 Shepherd",
    subtitle: "按需申请虚拟机，由人审批，事后可查证。",
    username: "用户名",
    password: "密码",
    tenant: "租户",
    submit: "登录",
    showPassword: "显示密码",
    hidePassword: "隐藏密码",
    again: "会话已结束",
    againBody: "请重新登录以继续。您在本页输入的内容会保留。",
    againWhy: "会话在 12 小时后结束；您或管理员可以提前结束它；第六次登录时，五个会话中最早的一个会结束。",
  },
);
