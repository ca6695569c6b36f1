// Gives PatternFly's custom properties short names in the build: their names are half of its style sheets. A name that
// is known here is the same in every style sheet and script of a build; a name that is not known stays.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const PACKAGES = "node_modules/@patternfly";
const NAME = /--pf-[\w-]+/g;
/** What PatternFly's scripts append to a name, for a width of window. */
const APPENDED = /-on-(?:sm|md|lg|xl|2xl)$/;

/** The plugins for Vite and PostCSS. */
export function shortNames() {
  let known;
  const shortened = (text) =>
    text.replace(NAME, (name) => {
      known ??= numbered();
      const appended = APPENDED.exec(name)?.[0] ?? "";
      const short = known.get(name.slice(0, name.length - appended.length));
      return short === undefined ? name : short + appended;
    });
  return {
    scripts: {
      name: "short-names",
      apply: "build",
      enforce: "post",
      transform: (code, id) => (/\.[mc]?[jt]sx?(?:\?|$)/.test(id) && code.includes("--pf-") ? { code: shortened(code), map: null } : null),
    },
    styles: {
      postcssPlugin: "short-names",
      OnceExit(root) {
        root.walkDecls((declaration) => {
          declaration.prop = shortened(declaration.prop);
          declaration.value = shortened(declaration.value);
        });
        root.walkAtRules("property", (rule) => {
          rule.params = shortened(rule.params);
        });
      },
    },
  };
}

/** Every name of PatternFly's style sheets, in the order in which they are met, with a short one. */
function numbered() {
  const folder = `${PACKAGES}/react-styles/css`;
  const sheets = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith(".css")).sort();
  const short = new Map();
  for (const file of [`${PACKAGES}/react-core/dist/styles/base.css`, ...sheets.map((sheet) => join(folder, sheet))]) {
    for (const [name] of readFileSync(file, "utf8").matchAll(NAME)) {
      const bare = name.replace(APPENDED, "");
      if (!short.has(bare)) short.set(bare, `--p${short.size.toString(36)}`);
    }
  }
  return short;
}
