import { LineCounter, parseDocument } from "yaml";

/** A rule that a cloud-init document breaks, as the server names it, and where. */
export interface CloudInitFault {
  rule: string;
  line?: number | undefined;
  column?: number | undefined;
}

const HEADER = "#cloud-config";
const MOST_BYTES = 2048;

/** What the parser calls rules that the server has names for. */
const RULES: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: "duplicate_key",
  MULTIPLE_DOCS: "several_documents",
  TAB_AS_INDENT: "tab",
};

/** Everything that a document breaks of the rules, as it is typed. The server has the last word. */
export function cloudInitFaults(text: string): CloudInitFault[] {
  if (text.trim() === "") return [];
  const faults: CloudInitFault[] = [];
  if (new TextEncoder().encode(text).length > MOST_BYTES) faults.push({ rule: "too_long" });
  if (text.split("\n", 1)[0]?.trimEnd() !== HEADER) faults.push({ rule: "header", line: 1 });
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  for (const { code, pos } of document.errors) {
    const { line, col } = lines.linePos(pos[0]);
    faults.push({ rule: RULES[code] ?? "yaml", line, column: col });
  }
  const top: unknown = document.errors.length === 0 ? document.toJS() : {};
  if (top !== null && (typeof top !== "object" || Array.isArray(top))) faults.push({ rule: "not_a_mapping" });
  return faults;
}

/** What the server has found; its detail is the place as `line:column`. */
export function refusedFault(params: Readonly<Record<string, unknown>>): CloudInitFault {
  const { rule, detail } = params;
  const [line, column] = typeof detail === "string" ? detail.split(":").map(Number) : [];
  return { rule: typeof rule === "string" ? rule : "yaml", line, column };
}
