// PatternFly's icons carry each picture twice, the second for Red Hat's own look, which a class on the page would
// switch to. This console has one look.
const SECOND = /^ {2}rhUiIcon: \{.*\},?$/m;

/** The plugin for Vite. */
export function spareIcons() {
  return {
    name: "spare-icons",
    apply: "build",
    transform(code, id) {
      if (!/\/react-icons\/dist\/esm\/icons\/[\w-]+\.js$/.test(id)) return null;
      return SECOND.test(code) ? { code: code.replace(SECOND, ""), map: null } : null;
    },
  };
}
