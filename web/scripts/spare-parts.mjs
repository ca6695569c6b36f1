// Parts that PatternFly's components bring along for what this console does not have. Without it, the component renders
// none of the part; so an empty module stands in until our sources ask for it.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Who imports what, what needs it in our sources, and the names that are imported; without names, it is an object of classes. */
const PARTS = [
  [/\/Page\/Page\.js$/, /^\.\.\/Drawer$/, /notificationDrawer/, ["Drawer", "DrawerContent", "DrawerContentBody", "DrawerPanelContent"]],
  [/\/Nav\/NavItem\.js$/, /\/(?:menu|divider)\.mjs$/, /\bflyout\b|NavItemSeparator/, null],
  [/\/Toolbar\/ToolbarItem\.js$/, /^\.\.\/Divider$/, /variant="separator"/, ["Divider"]],
  [/\/Toolbar\/Toolbar\.js$/, /^\.\/ToolbarLabelGroupContent$/, /ToolbarFilter|clearAllFilters/, ["ToolbarLabelGroupContent"]],
];
const EMPTY = "\0spare-part:";

/** The plugin for Vite. */
export function spareParts() {
  let ours;
  return {
    name: "spare-parts",
    enforce: "pre",
    apply: "build",
    resolveId(source, importer) {
      const found = PARTS.findIndex(([who, what]) => who.test(importer ?? "") && what.test(source));
      if (found < 0) return null;
      ours ??= sources();
      return PARTS[found][2].test(ours) ? null : `${EMPTY}${found}`;
    },
    load(id) {
      if (!id.startsWith(EMPTY)) return null;
      const names = PARTS[Number(id.slice(EMPTY.length))][3];
      return names ? names.map((name) => `export const ${name} = () => null;`).join("\n") : "export default { modifiers: {} };";
    },
  };
}

function sources() {
  return readdirSync("src", { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".tsx"))
    .map((entry) => readFileSync(join(entry.parentPath ?? entry.path, entry.name), "utf8"))
    .join("\n");
}
