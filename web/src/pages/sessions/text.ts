import { catalogue } from "../../messages/catalogue";

/** Texts of the sessions page. */
export const sessionsText = catalogue(
  {
    title: "Sessions",
    subtitle: "Where you are signed in. At most five at a time: a sixth sign-in ends the oldest. A session that you end is refused with its next call.",
    kind: "Kind",
    from: "From",
    agent: "Program",
    begun: "Signed in",
    ends: "Ends",
    act: "Action",
    current: "This one",
    CONSOLE: "Console",
    API: "API",
    end: "End",
    ended: "The session has ended",
    none: "No sessions",
  },
  {
    title: "会话",
    subtitle: "您在以下位置登录。最多同时五个会话：第六次登录会结束最早的一个。结束会话后，它的下一次调用即被拒绝。",
    kind: "类型",
    from: "来源",
    agent: "程序",
    begun: "登录时间",
    ends: "到期",
    act: "操作",
    current: "当前会话",
    CONSOLE: "控制台",
    API: "API",
    end: "结束",
    ended: "会话已结束",
    none: "没有会话",
  },
);
