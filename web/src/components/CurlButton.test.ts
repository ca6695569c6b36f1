import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { curlLine } from "./CurlButton";

/** What a shell makes of the line. */
function words(line: string): string[] {
  const shell = `curl() { printf '%s\\0' "$@"; }; SHEPHERD_TOKEN=secret; ${line}`;
  return execFileSync("sh", ["-c", shell], { encoding: "utf8" }).split("\0").slice(0, -1);
}

test("a read is one line that a shell takes apart as it was meant", () => {
  expect(words(curlLine({ path: "/api/v1/tickets?q=it's $(id) `id` \"x\"" }))).toEqual([
    "-sS",
    `${window.location.origin}/api/v1/tickets?q=it's $(id) \`id\` "x"`,
    "-H",
    "authorization: Bearer secret",
  ]);
});

test("a body keeps quotes, line ends and what looks like a command", () => {
  const body = { reason: "it's 5 o'clock\n'; rm -rf / #$HOME" };
  const given = words(curlLine({ method: "POST", path: "/api/v1/tickets", body }));
  expect(given.slice(given.indexOf("-X"), given.indexOf("-X") + 2)).toEqual(["-X", "POST"]);
  expect(JSON.parse(given.at(-1) ?? "")).toEqual(body);
});

test("the reader's token is not in the line", () => {
  expect(curlLine({ path: "/api/v1/vms" })).toContain("$SHEPHERD_TOKEN");
});
