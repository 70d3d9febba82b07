import type { Preferences } from './preferences.js';
import { zoneNamed, type Zone } from './time-zone.js';

export type QuietHours = NonNullable<Preferences['quietHours']>;

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/**
 * When the quiet hours of now end, Unix milliseconds; undefined outside of them. In the zone of the preferences, else of the device, else UTC;
 * a zone this server does not know counts as none. Where clocks are put back the hours are taken at their longest: from the first time
 * clocks show `from` to the last time they show `to`. `from` and `to` alike: the whole day.
 */
export function quietUntil(now: number, hours: QuietHours, deviceZone: string | undefined): number | undefined {
  const known = zoneNamed(hours.timeZone) ?? zoneNamed(deviceZone) ?? zoneNamed('UTC');
  if (!known) return undefined;
  const zone = known.near(now);
  const today = Math.floor(zone.localTime(now) / DAY);
  // Yesterday's may reach over midnight; tomorrow's have begun where clocks are put back over midnight.
  const ends = [today - 1, today, today + 1].map((day) => endOf(day, now, hours, zone)).filter((end) => end > now);
  return ends.length > 0 ? Math.max(...ends) : undefined;
}

/** The end of the hours that begin on this day, where they have begun; else 0. Days are counted from 1 January 1970. */
function endOf(day: number, now: number, hours: QuietHours, zone: Zone): number {
  if (hours.days && !hours.days.includes(weekday(day))) return 0;
  const from = minutesOf(hours.from);
  const to = minutesOf(hours.to);
  const start = zone.instantsOf(day * DAY + from * MINUTE).first;
  if (now < start) return 0;
  return zone.instantsOf((to <= from ? day + 1 : day) * DAY + to * MINUTE).last;
}

/** 1 (Monday) – 7; 1 January 1970 was a Thursday. */
const weekday = (day: number): number => ((((day + 3) % 7) + 7) % 7) + 1;

function minutesOf(time: string): number {
  const [hour, minute] = time.split(':');
  return Number(hour) * 60 + Number(minute);
}
