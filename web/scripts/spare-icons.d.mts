import type { Plugin } from "vite";

/** Leaves the second picture out of PatternFly's icons. */
export function spareIcons(): Plugin;
