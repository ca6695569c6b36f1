const CAUSES = [
  ["refused", /connection refused/i],
  ["late", /timed? ?out|deadline|elapsed/i],
  ["name", /dns|lookup|resolve|name or service/i],
  ["certificate", /certificate|tls|ssl/i],
] as const;

/** Why a cluster could not be reached, from what the attempt to connect ended with. */
export function causeOf(message: string): (typeof CAUSES)[number][0] | "other" {
  return CAUSES.find(([, words]) => words.test(message))?.[0] ?? "other";
}
