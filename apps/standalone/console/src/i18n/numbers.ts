import { signal } from '@preact/signals';
import { language } from '../state/preferences';

/** What is said relative to now grows old. */
const now = signal(Date.now());
setInterval(() => (now.value = Date.now()), 10_000);

export const locale = (): string => (language.value === 'zh' ? 'zh-CN' : 'en-GB');

/** 12,480 */
export const number = (n: number, digits = 0): string =>
  new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(n);

/** 12.5K */
export const compact = (n: number): string =>
  Math.abs(n) < 10_000
    ? number(n, Math.abs(n) < 10 ? 2 : Math.abs(n) < 100 ? 1 : 0)
    : new Intl.NumberFormat(locale(), { notation: 'compact', maximumFractionDigits: 1 }).format(n);

export const percent = (part: number): string =>
  new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 1 }).format(part);

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
export function bytes(n: number): string {
  const step = n < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(n) / 3));
  const options = { style: 'unit', unit: UNITS[step], unitDisplay: 'short', maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(locale(), options).format(n / 1000 ** step);
}

/** 12 ms, 3.4 s, 5 min, 2 h, 7 days: rounded, as one says it. */
export function duration(ms: number): string {
  const unit = (n: number, name: string, digits = 0) =>
    new Intl.NumberFormat(locale(), {
      style: 'unit',
      unit: name,
      unitDisplay: name === 'day' ? 'long' : 'narrow',
      maximumFractionDigits: digits,
    }).format(n);
  if (ms < 1000) return unit(ms, 'millisecond', ms < 10 ? 1 : 0);
  if (ms < 120_000) return unit(ms / 1000, 'second', 1);
  if (ms < 7_200_000) return unit(ms / 60_000, 'minute');
  return ms < 172_800_000 ? unit(ms / 3_600_000, 'hour') : unit(ms / 86_400_000, 'day');
}

const format = (at: number, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(locale(), options).format(at);

/** 14:05 */
export const clock = (at: number): string => format(at, { hour: '2-digit', minute: '2-digit' });
/** 14:05:09.123 */
export const preciseClock = (at: number): string =>
  format(at, { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 });
export const day = (at: number): string => format(at, { day: 'numeric', month: 'short' });
export const dateTime = (at: number): string => format(at, { dateStyle: 'medium', timeStyle: 'medium' });

/** 5 minutes ago, in 3 days. */
export function ago(at: number): string {
  const relative = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' });
  const seconds = Math.round((at - Math.max(now.value, Date.now())) / 1000);
  const size = Math.abs(seconds);
  if (size < 60) return relative.format(size < 10 ? 0 : seconds, 'second');
  if (size < 3600) return relative.format(Math.round(seconds / 60), 'minute');
  if (size < 86_400) return relative.format(Math.round(seconds / 3600), 'hour');
  return relative.format(Math.round(seconds / 86_400), 'day');
}
