import type { Plugin } from "vite";

/** Leaves PatternFly's drawer out of its Page. */
export function spareDrawer(): Plugin;
