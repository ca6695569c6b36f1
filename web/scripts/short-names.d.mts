import type { AcceptedPlugin } from "postcss";
import type { Plugin } from "vite";

/** Gives PatternFly's custom properties short names in the build. */
export function shortNames(): { scripts: Plugin; styles: AcceptedPlugin };
