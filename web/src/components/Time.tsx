import { useEffect, useState } from "react";
import { useLanguage, type Locale } from "../app/language";
import { useText } from "../messages/catalogue";
import { commonText } from "./text";

const MINUTE = 60_000;
const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * 24 * 60 * MINUTE],
  ["month", 30 * 24 * 60 * MINUTE],
  ["day", 24 * 60 * MINUTE],
  ["hour", 60 * MINUTE],
  ["minute", MINUTE],
  ["second", 1_000],
];

/** Making one of these takes longer than using it a thousand times. */
const made = new Map<string, unknown>();

function once<T>(name: string, make: () => T): T {
  if (!made.has(name)) made.set(name, make());
  return made.get(name) as T;
}

/** The moment in full, with its zone. */
export function absolute(locale: Locale, at: string | Date): string {
  return once(`long ${locale}`, () => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "long" })).format(new Date(at));
}

function midnight(at: string | Date | number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** How far away a moment is: "3 hours ago". */
export function relative(locale: Locale, at: string | Date, now: number): string {
  const exact = new Date(at).getTime() - now;
  // Milliseconds that a picture of 24 hours lacks do not make it 23.
  const distance = Math.abs(exact) < 60 * MINUTE ? exact : Math.round(exact / MINUTE) * MINUTE;
  const [unit, size] = UNITS.find(([, length]) => Math.abs(distance) >= length) ?? ["second", 1_000];
  // Days are those of the calendar: yesterday is not whatever is 24 hours old.
  const days = unit === "day";
  const count = days ? Math.round((midnight(at) - midnight(now)) / size) : Math.trunc(distance / size);
  const numeric = days || unit === "second" ? "auto" : "always";
  return once(`${numeric} ${locale}`, () => new Intl.RelativeTimeFormat(locale, { numeric })).format(count, unit);
}

/** A span in its two largest units: "2 d 3 h". */
export function span(locale: Locale, milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  const parts: [string, number][] = [
    ["day", Math.floor(seconds / 86_400)],
    ["hour", Math.floor(seconds / 3_600) % 24],
    ["minute", Math.floor(seconds / 60) % 60],
    ["second", seconds % 60],
  ];
  const first = parts.findIndex(([, count]) => count > 0);
  const shown = first < 0 ? parts.slice(-1) : parts.slice(first, first + 2).filter(([, count]) => count > 0);
  const write = (unit: string, count: number) =>
    once(`${unit} ${locale}`, () => new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "narrow" })).format(count);
  return shown.map(([unit, count]) => write(unit, count)).join(" ");
}

/** How long something took; what took less than a second in milliseconds. */
export function elapsed(locale: Locale, milliseconds: number): string {
  if (milliseconds >= 1_000 || milliseconds < 0) return span(locale, milliseconds);
  const unit = { style: "unit", unit: "millisecond", unitDisplay: "narrow" } as const;
  return new Intl.NumberFormat(locale, unit).format(Math.round(milliseconds));
}

/** The present, looked at again every so many milliseconds. */
export function useNow(every: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), every);
    return () => window.clearInterval(timer);
  }, [every]);
  return now;
}

/** A moment: how long ago, and in full when pointed at. */
export function Time({ at }: { at: string }) {
  const { locale } = useLanguage();
  const now = useNow(30_000);
  return (
    <time dateTime={at} title={absolute(locale, at)} className="shepherd-nowrap">
      {relative(locale, at, now)}
    </time>
  );
}

/** Time left until a deadline, counting down. */
export function Countdown({ until }: { until: string }) {
  const { locale } = useLanguage();
  const text = useText(commonText);
  const distance = new Date(until).getTime() - useNow(1_000);
  const left = span(locale, Math.abs(distance));
  return (
    <time dateTime={until} title={absolute(locale, until)} className="shepherd-nowrap">
      {text(distance > 0 ? "remaining" : "overdue", { time: left })}
    </time>
  );
}

/** How long something took, or takes until now. */
export function Duration({ from, to }: { from: string; to?: string | null | undefined }) {
  const { locale } = useLanguage();
  const now = useNow(1_000);
  const lasted = (to ? new Date(to).getTime() : now) - new Date(from).getTime();
  return <span className="shepherd-nowrap">{to ? elapsed(locale, lasted) : span(locale, lasted)}</span>;
}
