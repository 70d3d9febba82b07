import { signal } from '@preact/signals';
import { language } from '../state/preferences';
import { words } from './words';

const DAY_MS = 86_400_000;
/** What is said relative to now grows old. */
const now = signal(Date.now());
setInterval(() => (now.value = Date.now()), 30_000);

const locale = () => (language.value === 'zh' ? 'zh-CN' : 'en-GB');
const format = (at: number, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(locale(), options).format(at);
const midnight = (at: number) => new Date(at).setHours(0, 0, 0, 0);
const daysAgo = (at: number) => Math.round((midnight(Date.now()) - midnight(at)) / DAY_MS);

/** 14:05 */
export const clock = (at: number): string => format(at, { hour: '2-digit', minute: '2-digit' });

/** 14:05:09.123 */
export const preciseClock = (at: number): string =>
  format(at, { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 });

/** Of a separator: Today, Yesterday, Friday, 3 March. */
export function dayName(at: number): string {
  const days = daysAgo(at);
  if (days === 0) return words.value.chat.today;
  if (days === 1) return words.value.chat.yesterday;
  if (days > 1 && days < 7) return format(at, { weekday: 'long' });
  const isThisYear = new Date(at).getFullYear() === new Date().getFullYear();
  return format(at, { day: 'numeric', month: 'long', ...(isThisYear ? {} : { year: 'numeric' }) });
}

/** Of a line in the list: as short as it can be. */
export function shortTime(at: number): string {
  const days = daysAgo(at);
  if (days <= 0) return clock(at);
  if (days === 1) return words.value.chat.yesterday;
  return days < 7 ? format(at, { weekday: 'short' }) : format(at, { day: 'numeric', month: 'short' });
}

/** 5 minutes ago, yesterday. */
export function ago(at: number): string {
  const relative = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' });
  const minutes = Math.round((Math.max(now.value, Date.now()) - at) / 60_000);
  if (minutes < 1) return words.value.chat.justNow;
  if (minutes < 60) return relative.format(-minutes, 'minute');
  if (minutes < 24 * 60) return relative.format(-Math.round(minutes / 60), 'hour');
  return relative.format(-Math.max(1, daysAgo(at)), 'day');
}

/** +12 ms, +3.4 s: from one step to another. */
export function span(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}
