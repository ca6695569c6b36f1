// What a browser loads before it shows the inbox, from the manifest of the build: the entry, the page, and whatever
// both import. Fails above the budget. Code that is loaded on demand (`import()`) does not count.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET = 250_000;
const ROOTS = ["index.html", "src/pages/inbox/InboxPage.tsx"];

const manifest = JSON.parse(readFileSync("dist/.vite/manifest.json", "utf8"));
const files = new Set();

function visit(name) {
  const part = manifest[name];
  if (!part) throw new Error(`${name} is not in the manifest: was it moved?`);
  if (files.has(part.file)) return;
  files.add(part.file);
  part.css?.forEach((file) => files.add(file));
  part.imports?.forEach(visit);
}
ROOTS.forEach(visit);

const sizes = [...files]
  .map((file) => ({ file, bytes: gzipSync(readFileSync(`dist/${file}`), { level: 9 }).length }))
  .sort((one, other) => other.bytes - one.bytes);
const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
for (const { file, bytes } of sizes) console.log(`${kilobytes(bytes)}  ${file}`);
console.log(`${kilobytes(total)}  first load of the inbox, gzip; the budget is ${kilobytes(BUDGET).trim()}`);
if (total > BUDGET) process.exitCode = 1;

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`.padStart(9);
}
