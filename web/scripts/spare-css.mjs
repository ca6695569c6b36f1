// Leaves out of PatternFly's style sheets what this console cannot show: themes it does not offer, parts of components
// it does not use, sizes of window it does not tell apart, tokens nobody reads. Each cut but the themes names what in
// our sources would need the part; as soon as that is written somewhere, the part is back in the next build.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const PACKAGES = "node_modules/@patternfly";
const THEMES = /\.pf-v6-theme-(?:felt|high-contrast|glass)\b/;
const MEDIA = /prefers-contrast|forced-colors-never/;
const WIDTHS = ["sm", "md", "lg", "xl", "2xl"];

/** Files that are left out whole, and what in our sources needs them. */
const FILES = [
  [/\/Drawer\/drawer\.css$/, /\b(?:Drawer|notificationDrawer)\b/],
  [/\/Table\/table-tree-view\.css$/, /\b(?:TreeRowWrapper|isTreeTable|treeRow)\b/],
  [/\/Table\/table-scrollable\.css$/, /\b(?:ScrollContainer|isStickyColumn|InnerScrollContainer|OuterScrollContainer)\b/],
];

/** Selectors that are left out of a file, and what in our sources needs them. */
const SELECTORS = [
  [/\/Table\/table-grid\.css$/, /\.pf-m-grid-(?:lg|xl|2xl)\b/, /\bgridBreakPoint\b/],
  [/\/Table\/table\.css$/, /\.pf-m-(?:tree-view|nested-column-header)/, /\b(?:isTreeTable|hasNestedHeader|nestedHeader)/i],
  ...WIDTHS.map((width) => [
    /\/(?:layouts\/\w+|Toolbar)\/[\w-]+\.css$/,
    new RegExp(String.raw`-on-${width}(?![\w-])`),
    new RegExp(String.raw`\b${width}"?[:=]|ToolbarToggleGroup|OverflowMenu`),
  ]),
];

/** The plugin for PostCSS. */
export function spareCss() {
  let ours;
  let read;
  return {
    postcssPlugin: "spare-css",
    Once(root) {
      const file = root.source?.input.file?.replaceAll("\\", "/") ?? "";
      if (!file.includes("/@patternfly/")) return;
      ours ??= texts("src", /\.(?:tsx?|css)$/).join("\n");
      if (FILES.some(([which, need]) => which.test(file) && !need.test(ours))) return root.removeAll();
      const gone = SELECTORS.filter(([which, , need]) => which.test(file) && !need.test(ours)).map(([, what]) => what);
      root.walkRules((rule) => cut(rule, gone));
      root.walkAtRules("media", (rule) => (rule.nodes?.length === 0 || MEDIA.test(rule.params)) && rule.remove());
      if (!/\/base\.css$/.test(file)) return;
      read ??= new Set([ours, ...used()].join("\n").match(/--pf-[\w-]+/g));
      spareTokens(root, read);
    },
  };
}
spareCss.postcss = true;

function cut(rule, gone) {
  const kept = rule.selectors.filter(
    (selector) =>
      !(THEMES.test(selector) && !selector.includes(":not(")) && !gone.some((what) => what.test(selector)),
  );
  if (kept.length === 0) rule.remove();
  else if (kept.length < rule.selectors.length) rule.selectors = kept;
}

/** Takes away tokens that nothing reads, until each that is left is read by something that is left. */
function spareTokens(root, read) {
  for (;;) {
    const here = new Set();
    root.walkDecls(({ value }) => value.match(/--pf-[\w-]+/g)?.forEach((token) => here.add(token)));
    let removed = 0;
    root.walkDecls(/^--pf-/, (declaration) => {
      if (read.has(declaration.prop) || here.has(declaration.prop)) return;
      declaration.remove();
      removed += 1;
    });
    if (removed === 0) return;
  }
}

/** Whatever may read a token: all of PatternFly's style sheets but the base, and its code. */
function used() {
  return [
    ...texts(`${PACKAGES}/react-styles/css`, /\.css$/),
    ...texts(`${PACKAGES}/react-core/dist/esm`, /\.js$/),
    ...texts(`${PACKAGES}/react-table/dist/esm`, /\.js$/),
  ];
}

function texts(folder, which) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && which.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath ?? entry.path, entry.name), "utf8"));
}
