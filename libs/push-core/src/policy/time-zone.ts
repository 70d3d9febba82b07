import { IANAZone } from 'luxon';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** No zone is further from UTC than 14 h, and no two changes of a zone are nearer to each other than that. */
const AROUND = 1.5 * DAY;

const KNOWN: ReadonlySet<string> = new Set([...Intl.supportedValuesOf('timeZone'), 'UTC']);

/** A zone by its IANA name; undefined where this server does not know it. */
export function zoneNamed(name: string | undefined): Zone | undefined {
  const canonical = name === undefined ? undefined : canonicalZone(name);
  return canonical === undefined ? undefined : new Zone(IANAZone.create(canonical));
}

/**
 * The zone's own name for any of its names and spellings. What a device tells is never handed on as it is: luxon keeps whatever
 * it was ever asked for.
 */
export function canonicalZone(name: string): string | undefined {
  if (KNOWN.has(name)) return name;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** Clock times of a zone. A local time is written as the Unix milliseconds at which a clock in Greenwich shows it. */
export class Zone {
  constructor(private readonly rules: { offset(instant: number): number }) {}

  /** The same zone, to be asked for a few days around this instant only: mostly its clocks do not change then, and answers cost nothing. */
  near(instant: number): Zone {
    const offset = this.rules.offset(instant - 5 * DAY);
    return offset === this.rules.offset(instant + 5 * DAY) ? new Zone({ offset: () => offset }) : this;
  }

  localTime(instant: number): number {
    return instant + this.offset(instant);
  }

  /**
   * When clocks show this time: once mostly, twice when they are put back. When they are put forward over it: at that moment, for
   * it is later from then on.
   */
  instantsOf(local: number): { readonly first: number; readonly last: number } {
    const before = this.offset(local - AROUND);
    const after = this.offset(local + AROUND);
    const shown = [local - before, local - after].filter((instant) => this.localTime(instant) === local);
    if (shown.length > 0) return { first: Math.min(...shown), last: Math.max(...shown) };
    const change = this.changeBetween(local - AROUND, local + AROUND, before);
    return { first: change, last: change };
  }

  private offset(instant: number): number {
    return Math.round(this.rules.offset(instant) * MINUTE);
  }

  /** The first millisecond at which the offset is no longer `before`. */
  private changeBetween(from: number, to: number, before: number): number {
    let old = from;
    let changed = to;
    while (changed - old > 1) {
      const middle = Math.floor((old + changed) / 2);
      if (this.offset(middle) === before) old = middle;
      else changed = middle;
    }
    return changed;
  }
}
