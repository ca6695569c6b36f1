// PatternFly's Page brings its drawer along, focus trap and all, for a notification drawer that this console does not
// have. Without one, Page renders none of it; so an empty module stands in until a drawer is asked for.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const EMPTY = "\0empty-drawer";

/** The plugin for Vite. */
export function spareDrawer() {
  return {
    name: "spare-drawer",
    enforce: "pre",
    apply: "build",
    resolveId(source, importer) {
      if (source !== "../Drawer" || !/react-core\/dist\/esm\/components\/Page\//.test(importer ?? "")) return null;
      const asked = readdirSync("src", { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith(".tsx"))
        .some((entry) => readFileSync(join(entry.parentPath ?? entry.path, entry.name), "utf8").includes("notificationDrawer"));
      return asked ? null : EMPTY;
    },
    load(id) {
      if (id !== EMPTY) return null;
      return ["Drawer", "DrawerContent", "DrawerContentBody", "DrawerPanelContent"]
        .map((name) => `export const ${name} = () => null;`)
        .join("\n");
    },
  };
}
