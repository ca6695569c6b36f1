import type { AcceptedPlugin } from "postcss";

/** Leaves out of PatternFly's style sheets what the console cannot show. */
export function spareCss(): AcceptedPlugin;
