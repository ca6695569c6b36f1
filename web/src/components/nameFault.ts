/** What is wrong with a name as it is typed, and with which part of it. */
export type NameFault =
  | { why: "upper" | "characters" | "begin"; wrong: string }
  | { why: "space" | "end" | "hyphens" }
  | { why: "length"; length: number };

const LONGEST = 15;

/** Says what a name breaks of the rule that stands beside its field; undefined while nothing is wrong. The server has the last word. */
export function nameFault(typed: string): NameFault | undefined {
  const each = (pattern: RegExp) => [...new Set(typed.match(pattern))].join(" ");
  if (/\s/u.test(typed.trim())) return { why: "space" };
  const name = typed.trim();
  const upper = each(/\p{Lu}/gu);
  if (upper !== "") return { why: "upper", wrong: upper };
  const strange = each(/[^a-z0-9-\s]/gu);
  if (strange !== "") return { why: "characters", wrong: strange };
  if (/^[^a-z]/.test(name)) return { why: "begin", wrong: name.slice(0, 1) };
  if (name.includes("--")) return { why: "hyphens" };
  if (name.length > LONGEST) return { why: "length", length: name.length };
  // Whoever types on may be about to write what comes after the hyphen; it is said all the same, until they have.
  return name.endsWith("-") ? { why: "end" } : undefined;
}
