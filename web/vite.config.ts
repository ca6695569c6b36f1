import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { icu } from "./scripts/icu.mjs";
import { shortNames } from "./scripts/short-names.mjs";
import { spareCss } from "./scripts/spare-css.mjs";
import { spareIcons } from "./scripts/spare-icons.mjs";
import { spareParts } from "./scripts/spare-parts.mjs";

/** Where the dev server finds the API; there is no default, so that nobody talks to a wrong one. */
const api = process.env["SHEPHERD_API"];

/** The server takes writes from its own origin only, so the proxy speaks as that. */
function forwarded(target: string) {
  return { target, changeOrigin: true, headers: { origin: target } };
}

const spared = spareCss();
const short = shortNames();

export default defineConfig(({ command }) => ({
  plugins: [react(), icu(), spareParts(), spareIcons(), spared.scripts, short.scripts],
  // Scripts keep the long names while developing: style sheets with short ones would leave their colours black.
  css: { postcss: { plugins: command === "build" ? [spared.styles, short.styles] : [] } },
  // The policy of the server allows no data: URLs for scripts and styles.
  build: { outDir: "dist", manifest: true, assetsInlineLimit: 0 },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    // Pages are rendered whole, and machines are busy.
    testTimeout: 120_000,
    // Its modules import style sheets, which Node cannot.
    server: { deps: { inline: [/@patternfly/] } },
  },
  server: api === undefined ? {} : { proxy: { "/api": forwarded(api), "/health": forwarded(api) } },
}));
