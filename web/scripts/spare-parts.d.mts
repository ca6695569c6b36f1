import type { Plugin } from "vite";

/** Leaves parts out of PatternFly's components that the console does not have. */
export function spareParts(): Plugin;
