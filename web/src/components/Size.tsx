import { useLanguage, type Locale } from "../app/language";
import { useText } from "../messages/catalogue";
import { sizeText } from "./sizeText";
import type { Resources } from "./sizes";

const MIB_PER_GIB = 1_024;

const numbers = new Map<Locale, Intl.NumberFormat>();

/** Memory as people say it: "4 GiB", "512 MiB". */
export function memory(locale: Locale, mib: number): string {
  const number = numbers.get(locale) ?? new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  numbers.set(locale, number);
  return mib < MIB_PER_GIB ? `${number.format(mib)}\u00a0MiB` : `${number.format(mib / MIB_PER_GIB)}\u00a0GiB`;
}

/** What a VM gets, in one line: "2 vCPU · 4 GiB memory · 20 GiB disk"; without the disk when it has none. */
export function useSizeWords(): (size: Resources) => string {
  const { locale } = useLanguage();
  const text = useText(sizeText);
  return ({ cpu_cores, memory_mib, disk_gib }) =>
    text(disk_gib == null ? "diskless" : "line", { cores: cpu_cores, memory: memory(locale, memory_mib), disk: disk_gib });
}
