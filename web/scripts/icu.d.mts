import type { MessageFormatElement } from "@formatjs/icu-messageformat-parser";
import type { Plugin } from "vite";

/** Compiles the texts of catalogues. */
export function icu(): Plugin;

/** What `format` takes for a text. */
export function message(text: string): string | MessageFormatElement[];
