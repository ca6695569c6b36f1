// Lays a Brotli and a gzip copy beside each text file of the build; the server hands out the one that is asked for.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const FOLDER = "dist";
const TEXT = /\.(?:html|js|css|svg|json)$/;

for (const entry of readdirSync(FOLDER, { recursive: true, withFileTypes: true })) {
  const folder = entry.parentPath ?? entry.path;
  if (!entry.isFile() || !TEXT.test(entry.name) || folder.includes(".vite")) continue;
  const file = join(folder, entry.name);
  const content = readFileSync(file);
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  for (const [ending, packed] of [["br", brotliCompressSync(content, quality)], ["gz", gzipSync(content, { level: 9 })]]) {
    if (packed.length < content.length) writeFileSync(`${file}.${ending}`, packed);
  }
}
