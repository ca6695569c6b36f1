// Leaves out of PatternFly's style sheets, and of the lists of classes in its scripts, what this console cannot show:
// themes it does not offer, parts of components it does not use, sizes of window it does not tell apart, tokens nobody
// reads. Each cut but the themes names what in our sources would need the part; as soon as that is written somewhere, the
// part is back in the next build.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const PACKAGES = "node_modules/@patternfly";
const THEMES = /\.pf-v6-theme-(?:felt|high-contrast|glass)\b/;
const MEDIA = /prefers-contrast|forced-colors-never/;
const WIDTHS = ["sm", "md", "lg", "xl", "2xl"];
/** Components with classes for a width of window, and their elements. */
const BY_WIDTH = [
  ["layouts/Flex/flex", "Flex"],
  ["layouts/Gallery/gallery", "Gallery"],
  ["layouts/Grid/grid", "Grid"],
  ["components/Page/page", "Page"],
  ["components/Toolbar/toolbar", "Toolbar"],
];
/** Classes of `components/table/Table.tsx`, which is the only table. */
const TABLE = /^(?:pf-v6-c-table(?:__(?:thead|tbody|tr|th|td))?|pf-m-(?:grid-md|compact|no-border-rows|sticky-header|clickable|nowrap|break-word|fit-content|width-\d+))$/;

/** Files that are left out whole, and what in our sources needs them. */
const FILES = [[/\/Drawer\/drawer\.css$/, /\b(?:Drawer|notificationDrawer)\b/]];

/** Selectors that are left out of a file, and what in our sources needs them. */
const SELECTORS = [
  [/\/Table\/table(?:-grid)?\.css$/, { test: (selector) => !classesOf(selector).every((name) => TABLE.test(name)) }, /"@patternfly\/react-table"/],
  [/\/Page\/page\.css$/, /__dock\b|pf-m-docked|compass|__main-(?:wizard|subnav)/, /\bisDocked\b|="docked"|Compass|type="(?:wizard|subnav)"/],
  [/\/Page\/page\.css$/, /pf-m-(?:sticky|shadow)-/, /\b(?:stickyOnBreakpoint|hasShadow(?:Top|Bottom)|isSticky(?:Base|Stuck)?)\b/],
  [/\/Toolbar\/toolbar\.css$/, /pf-m-(?:row-gap|column-gap|gap|inset|(?:no)?wrap)\b/, /<Toolbar[^<]*\b(?:gap|rowGap|columnGap|inset|rowWrap)=/],
  [/\/Toolbar\/toolbar\.css$/, /pf-m-(?:vertical|sticky\S*|toggle-group|expand-all|label-group|filter-group)\b|__expandable/, /ToolbarToggleGroup|ToolbarFilter|<Toolbar[^<]*\b(?:isVertical|isSticky|variant="(?:filter|label)-group)/],
  ...BY_WIDTH.flatMap(([file, element]) =>
    WIDTHS.map((width) => [
      new RegExp(String.raw`/${file}\.css$`),
      new RegExp(String.raw`-on-${width}(?:-height)?(?![\w-])`),
      new RegExp(String.raw`<${element}\w*\b[^<]*\b${width}"?[:=]|ToolbarToggleGroup|OverflowMenu|stickyOnBreakpoint`),
    ]),
  ),
];

/** The plugins for PostCSS and Vite. */
export function spareCss() {
  let ours;
  let mentions;
  const goneFrom = (file) => {
    ours ??= texts("src", /\.(?:tsx?|css)$/).map(([, text]) => text).join("\n");
    return SELECTORS.filter(([which, , need]) => which.test(file) && !need.test(ours)).map(([, what]) => what);
  };
  const styles = {
    postcssPlugin: "spare-css",
    Once(root) {
      const file = root.source?.input.file?.replaceAll("\\", "/") ?? "";
      if (!file.includes("/@patternfly/")) return;
      const gone = goneFrom(file);
      if (FILES.some(([which, need]) => which.test(file) && !need.test(ours))) return root.removeAll();
      root.walkRules((rule) => cut(rule, gone));
      root.walkAtRules("media", (rule) => (rule.nodes?.length === 0 || MEDIA.test(rule.params)) && rule.remove());
      mentions ??= mentioned();
      spareTokens(root, file.slice(file.indexOf("/@patternfly/")), mentions);
    },
  };
  const scripts = {
    name: "spare-css",
    apply: "build",
    transform(code, id) {
      if (!/\/react-styles\/css\/.*\.mjs$/.test(id)) return null;
      const gone = goneFrom(id.replace(/mjs$/, "css"));
      if (gone.length === 0) return null;
      const kept = code.split("\n").filter((line) => {
        const name = /": "(pf-m-[\w-]+)",?$/.exec(line)?.[1];
        return name === undefined || !gone.some((what) => what.test(`.${name}`));
      });
      return { code: kept.join("\n"), map: null };
    },
  };
  return { scripts, styles };
}

/** Classes that an element has to have for a selector; alternatives and exclusions do not count. */
function classesOf(selector) {
  const bare = selector.replace(/:(?:not|is|where|has)\((?:[^()]|\([^()]*\))*\)/g, "");
  return [...bare.matchAll(/\.(pf-[\w-]+)/g)].map(([, name]) => name);
}

function cut(rule, gone) {
  const kept = rule.selectors.filter(
    (selector) =>
      !(THEMES.test(selector) && !selector.includes(":not(")) && !gone.some((what) => what.test(selector)),
  );
  if (kept.length === 0) rule.remove();
  else if (kept.length < rule.selectors.length) rule.selectors = kept;
}

/** Takes away tokens that nothing reads, until each that is left is read by something that is left. */
function spareTokens(root, file, mentions) {
  const elsewhere = (token) => mentions.get(token)?.some((where) => where !== file) === true;
  for (;;) {
    const here = new Set();
    root.walkDecls(({ value }) => value.match(/--pf-[\w-]+/g)?.forEach((token) => here.add(token)));
    let removed = 0;
    root.walkDecls(/^--pf-/, (declaration) => {
      if (elsewhere(declaration.prop) || here.has(declaration.prop)) return;
      declaration.remove();
      removed += 1;
    });
    if (removed === 0) return;
  }
}

/** Where each token is named: our sources, PatternFly's style sheets and its code. Two places are enough to know. */
function mentioned() {
  const all = [
    ...texts("src", /\.(?:tsx?|css)$/),
    ...texts(`${PACKAGES}/react-styles/css`, /\.css$/),
    ...texts(`${PACKAGES}/react-core/dist/esm`, /\.js$/),
    ...texts(`${PACKAGES}/react-core/dist/styles`, /\/base\.css$/),
  ];
  const found = new Map();
  for (const [file, text] of all) {
    for (const token of new Set(text.match(/--pf-[\w-]+/g))) {
      const places = found.get(token);
      if (places === undefined) found.set(token, [file]);
      else if (places.length < 2) places.push(file);
    }
  }
  return found;
}

/** Files of a folder with their texts; those of PatternFly by their path from its folder. */
function texts(folder, which) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => [entry, join(entry.parentPath ?? entry.path, entry.name)])
    .filter(([entry, path]) => entry.isFile() && which.test(path))
    .map(([, path]) => [path.replace(/^node_modules/, ""), readFileSync(path, "utf8")]);
}
