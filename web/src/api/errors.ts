import type { Code } from "./generated/codes";
import { CODES } from "./generated/codes";

/** Title, and what a person can do about it, for every code; one without words does not compile. */
export type ErrorWords = Readonly<Record<Code, readonly [title: string, remedy: string]>>;

/** Whether this console has words for a code; a newer server may know more codes. */
export function isCode(code: string): code is Code {
  return CODES.some((known) => known === code);
}

/** Words for a code; one that is not known is told as an internal error, with its reference. */
export function wordsFor(words: ErrorWords, code: string): readonly [title: string, remedy: string] {
  return words[isCode(code) ? code : "INTERNAL_ERROR"];
}
