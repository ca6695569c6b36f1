import { expect, test } from "vitest";
import { IntlMessageFormat } from "intl-messageformat";
import type { Locale } from "../app/language";
import { catalogue, format, type Catalogue } from "./catalogue";

const modules = import.meta.glob<Record<string, unknown>>("../**/*{t,T}ext.ts", { eager: true });
const LOCALES: readonly [keyof Catalogue<string>, Locale][] = [["en", "en"], ["zh", "zh-CN"]];

function isCatalogue(value: unknown): value is Catalogue<string> {
  return typeof value === "object" && value !== null && "en" in value && "zh" in value;
}

/** Names in the braces of a text, at any depth. */
function names(locale: Locale, text: string): string[] {
  const found = new Set<string>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    else if (typeof node === "object" && node !== null) {
      const { type, value } = node as { type?: unknown; value?: unknown };
      if (typeof type === "number" && type >= 1 && type <= 6 && typeof value === "string") found.add(value);
      Object.values(node).forEach(visit);
    }
  };
  visit(new IntlMessageFormat(text, locale).getAst());
  return [...found].sort();
}

const catalogues = Object.entries(modules).flatMap(([file, module]) =>
  Object.entries(module).flatMap(([name, value]) => (isCatalogue(value) ? [[`${file} ${name}`, value] as const] : [])),
);

test("the catalogues are found", () => {
  expect(catalogues.length).toBeGreaterThan(10);
});

test.each(catalogues)("%s is ICU in every language, with the same names in its braces", (_, texts) => {
  for (const key of Object.keys(texts.en)) {
    const [english, chinese] = LOCALES.map(([language, locale]) => names(locale, texts[language][key] ?? ""));
    // Chinese may leave out what it does not say, and never asks for more.
    expect(english, key).toEqual(expect.arrayContaining(chinese ?? []));
  }
});

test("numbers and plurals are written in the reader's language", () => {
  const texts = catalogue(
    { rows: "{count, plural, =0 {None} one {# row} other {# rows}}" },
    { rows: "{count, plural, =0 {没有} other {共 # 行}}" },
  );
  expect(format("en", texts.en.rows, { count: 1 })).toBe("1 row");
  expect(format("en", texts.en.rows, { count: 12_345 })).toBe("12,345 rows");
  expect(format("zh-CN", texts.zh.rows, { count: 0 })).toBe("没有");
});

test("a value is never read as a part of the text", () => {
  expect(format("en", "{name} was first", { name: "<b>{other}</b>" })).toBe("<b>{other}</b> was first");
});
