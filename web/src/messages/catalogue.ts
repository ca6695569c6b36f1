import { IntlMessageFormat } from "intl-messageformat";
import { useCallback } from "react";
import { useLanguage, type Locale } from "../app/language";

/** A text as the build makes it: finished where nothing is filled in, compiled otherwise. */
export type Message = NonNullable<ConstructorParameters<typeof IntlMessageFormat>[0]>;

/** Texts of one part of the console, in ICU MessageFormat, in every language. */
export interface Catalogue<K extends string> {
  readonly en: Readonly<Record<K, Message>>;
  readonly zh: Readonly<Record<K, Message>>;
}

/** What stands in the braces of a text. */
export type Values = Record<string, string | number | boolean | Date | null | undefined>;

/** Writes a text of a catalogue in the reader's language. */
export type Translate<K extends string> = (key: K, values?: Values) => string;

/** Declares texts; a key that one language lacks, or has too many, does not compile. */
export function catalogue<const E extends Record<string, string>>(
  en: E,
  zh: { readonly [K in keyof E]: string },
): Catalogue<keyof E & string> {
  return { en, zh };
}

const formats: Readonly<Record<Locale, Map<Message, IntlMessageFormat>>> = { en: new Map(), "zh-CN": new Map() };

/** A text in a language. */
export function format(locale: Locale, message: Message, values?: Values): string {
  // Without anything to fill in, it is what it says; `scripts/icu.mjs` has read it.
  if (typeof message === "string") return message;
  let made = formats[locale].get(message);
  if (!made) {
    made = new IntlMessageFormat(message, locale);
    formats[locale].set(message, made);
  }
  return String(made.format(values));
}

/** The texts of a catalogue in the reader's language. */
export function useText<K extends string>(texts: Catalogue<K>): Translate<K> {
  const { locale } = useLanguage();
  return useCallback(
    (key, values) => format(locale, locale === "zh-CN" ? texts.zh[key] : texts.en[key], values),
    [locale, texts],
  );
}
