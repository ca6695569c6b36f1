import { createContext, use, useEffect, useMemo, useState, type ReactNode } from "react";

/** Languages of the console, as BCP 47. */
export type Locale = "en" | "zh-CN";

interface Language {
  locale: Locale;
  choose: (locale: Locale) => void;
}

const KEY = "shepherd.language";
const Context = createContext<Language>({ locale: "en", choose: () => undefined });

function stored(): Locale {
  const chosen = localStorage.getItem(KEY) ?? navigator.language;
  return chosen.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}

/** Provides the language that was chosen in this browser, the browser's own until then. */
export function LanguageProvider({ children }: { children: ReactNode }) {
  const [locale, setLocale] = useState(stored);
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  const language = useMemo<Language>(() => {
    const choose = (chosen: Locale) => {
      localStorage.setItem(KEY, chosen);
      setLocale(chosen);
    };
    return { locale, choose };
  }, [locale]);
  return <Context value={language}>{children}</Context>;
}

/** Names one after the other, as the language separates them. */
export function listed(locale: Locale, names: readonly string[]): string {
  return names.join(locale === "zh-CN" ? "、" : ", ");
}

/** The language, and how to choose another. */
export function useLanguage(): Language {
  return use(Context);
}
