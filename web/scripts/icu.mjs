// Compiles the texts of `catalogue(english, chinese)`, so that no parser of ICU messages is shipped and a text that is
// none fails the build. A text without anything to fill in stays text; the others become what IntlMessageFormat takes.
import { parse } from "@formatjs/icu-messageformat-parser";

const PARSER = "@formatjs/icu-messageformat-parser";
const LITERAL = 0;

/** The plugin for Vite. */
export function icu() {
  return {
    name: "icu",
    enforce: "post",
    resolveId: {
      order: "pre",
      handler(source, importer) {
        if (source !== PARSER || !/\/intl-messageformat\//.test(importer ?? "")) return null;
        return this.resolve(`${PARSER}/no-parser.js`, importer);
      },
    },
    transform(code, id) {
      if (!/\/src\/[^?]*\.tsx?(?:\?|$)/.test(id) || !/\bcatalogue\(/.test(code)) return null;
      const compiled = [];
      visit(this.parse(code), (call) => {
        for (const texts of call.arguments) {
          for (const property of texts.properties) {
            const text = written(property.value);
            if (text === undefined) this.error(`${id}: a text of a catalogue has to be written out`);
            compiled.push({ ...property.value, text: JSON.stringify(message(text)) });
          }
        }
      });
      if (compiled.length === 0) return null;
      compiled.sort((one, other) => other.start - one.start);
      return { code: compiled.reduce((all, { start, end, text }) => all.slice(0, start) + text + all.slice(end), code), map: null };
    },
  };
}

/** What `format` takes for a text. */
export function message(text) {
  const parts = parse(text);
  if (parts.length === 0) return "";
  return parts.length === 1 && parts[0].type === LITERAL ? parts[0].value : parts;
}

/** Hands every call of `catalogue` with two objects to `found`. */
function visit(node, found) {
  if (Array.isArray(node)) return node.forEach((each) => visit(each, found));
  if (typeof node !== "object" || node === null) return;
  const calls = node.type === "CallExpression" && node.callee.type === "Identifier" && node.callee.name === "catalogue";
  if (calls && node.arguments.length === 2 && node.arguments.every(({ type }) => type === "ObjectExpression")) found(node);
  Object.values(node).forEach((each) => visit(each, found));
}

/** The text that a literal stands for. */
function written(node) {
  if (node?.type === "Literal" && typeof node.value === "string") return node.value;
  if (node?.type === "TemplateLiteral" && node.expressions.length === 0) return node.quasis[0].value.cooked;
  if (node?.type !== "BinaryExpression" || node.operator !== "+") return undefined;
  const [left, right] = [written(node.left), written(node.right)];
  return left === undefined || right === undefined ? undefined : left + right;
}
