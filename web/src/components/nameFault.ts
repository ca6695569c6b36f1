/** What is wrong with a name as it is typed, and with which part of it. */
export type NameFault =
  | { why: "upper" | "characters" | "begin"; wrong: string }
  | { why: "space" | "end" | "hyphens" | "edge" }
  | { why: "length"; length: number };

const LONGEST = 15;
const LONGEST_LABEL = 63;

/** Says what a name breaks of the rule that stands beside its field; undefined while nothing is wrong. The server has the last word. */
export function nameFault(typed: string): NameFault | undefined {
  const strange = strangers(typed);
  if (strange) return strange;
  const name = typed.trim();
  if (/^[^a-z]/.test(name)) return { why: "begin", wrong: name.slice(0, 1) };
  if (name.includes("--")) return { why: "hyphens" };
  if (name.length > LONGEST) return { why: "length", length: name.length };
  // Whoever types on may be about to write what comes after the hyphen; it is said all the same, until they have.
  return name.endsWith("-") ? { why: "end" } : undefined;
}

/** The same for the name of a cluster, template or instance size. */
export function labelFault(typed: string): NameFault | undefined {
  if (typed !== typed.trim()) return { why: "space" };
  const strange = strangers(typed);
  if (strange) return strange;
  if (typed.startsWith("-")) return { why: "edge" };
  if (typed.length > LONGEST_LABEL) return { why: "length", length: typed.length };
  return typed.endsWith("-") ? { why: "end" } : undefined;
}

/** What no name has: spaces, capitals, other characters. */
function strangers(typed: string): NameFault | undefined {
  const each = (pattern: RegExp) => [...new Set(typed.match(pattern))].join(" ");
  if (/\s/u.test(typed.trim())) return { why: "space" };
  const upper = each(/\p{Lu}/gu);
  if (upper !== "") return { why: "upper", wrong: upper };
  const strange = each(/[^a-z0-9-\s]/gu);
  return strange === "" ? undefined : { why: "characters", wrong: strange };
}
