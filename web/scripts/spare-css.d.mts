import type { AcceptedPlugin } from "postcss";
import type { Plugin } from "vite";

/** Leaves out of PatternFly's style sheets and lists of classes what the console cannot show. */
export function spareCss(): { scripts: Plugin; styles: AcceptedPlugin };
