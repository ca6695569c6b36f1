import { expect, test } from "vitest";
import { message } from "../../scripts/icu.mjs";
import { errorsZh } from "./errors.zh";
import { catalogue, format, type Catalogue, type Message } from "./catalogue";

const modules = import.meta.glob<Record<string, unknown>>(["../**/*{t,T}ext.ts", "./{details,faults,fields}.ts"], { eager: true });

function isCatalogue(value: unknown): value is Catalogue<string> {
  return typeof value === "object" && value !== null && "en" in value && "zh" in value;
}

/** Names in the braces of a text, at any depth. */
function names(message: Message): string[] {
  const found = new Set<string>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    else if (typeof node === "object" && node !== null) {
      const { type, value } = node as { type?: unknown; value?: unknown };
      if (typeof type === "number" && type >= 1 && type <= 6 && typeof value === "string") found.add(value);
      Object.values(node).forEach(visit);
    }
  };
  visit(message);
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
    const [english, chinese] = [texts.en, texts.zh].map((language) => names(language[key] ?? ""));
    // Chinese may leave out what it does not say, and never asks for more.
    expect(english, key).toEqual(expect.arrayContaining(chinese ?? []));
  }
});

/** Punctuation of English beside a Chinese character or mark. */
const HALF_WIDTH = /[\p{Script=Han}。，、；：？！“”（）][,:;?!()]|[,:;?!()][\p{Script=Han}。，、；：？！“”（）]/u;
/** The same beside something that is filled in. */
const HALF_WIDTH_EDGE = /^[,;?!]|[,;?!]$/;

/** Every text within what the build made of one. */
function literals(message: unknown): string[] {
  if (typeof message === "string") return [message];
  if (Array.isArray(message)) return message.flatMap(literals);
  if (typeof message !== "object" || message === null) return [];
  const { value, options, children } = message as { value?: unknown; options?: object; children?: unknown };
  return [value, children, ...Object.values(options ?? {}).map((option: { value?: unknown }) => option.value)].flatMap(literals);
}

test.each([...catalogues, ["errors", { zh: errorsZh }] as const])("%s has the punctuation of Chinese beside Chinese", (_, texts) => {
  const wrong = Object.values(texts.zh).flatMap(literals).filter((text) => HALF_WIDTH.test(text) || HALF_WIDTH_EDGE.test(text));
  expect(wrong).toEqual([]);
});

/** What the glossary of web/README.md has another word for. */
const NOT_IN_GLOSSARY = /停滞|摘要(?!值)|新建(?!申请)|登记命名空间|注册|群集|由其 worker 观察/;

test.each([...catalogues, ["errors", { zh: errorsZh }] as const])("%s has the words of the glossary", (_, texts) => {
  expect(Object.values(texts.zh).flatMap(literals).filter((text) => NOT_IN_GLOSSARY.test(text))).toEqual([]);
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
  const texts = catalogue({ first: "{name} was first" }, { first: "{name} 在先" });
  expect(format("en", texts.en.first, { name: "<b>{other}</b>" })).toBe("<b>{other}</b> was first");
});

test("a text without anything to fill in stays text, without the quotes of ICU", () => {
  expect(message("It's {name}")).not.toBeTypeOf("string");
  expect(message("Nobody's '{'name'}' '' here")).toBe("Nobody's {name} ' here");
  expect(() => message("{count, plural, one {# row}}")).toThrow();
});
