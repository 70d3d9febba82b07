import type { Meters } from 'push-core';

/** What one node counted in one step of time, or several nodes together. Figures of the same time add up. */
export interface Figures {
  readonly accepted: number;
  /** Acknowledged by devices. */
  readonly delivered: number;
  /** Taken by providers. */
  readonly notified: number;
  /** Refused by providers for good. */
  readonly failed: number;
  readonly dropped: number;
  /** Connections, times the minutes they were there. */
  readonly connectionMinutes: number;
  /** Deliveries by how long they took: in the slots of the engine's histogram. */
  readonly latency: readonly number[];
  /** Why something failed or was dropped. */
  readonly reasons: Readonly<Record<string, number>>;
}

export const NOTHING: Figures = {
  accepted: 0,
  delivered: 0,
  notified: 0,
  failed: 0,
  dropped: 0,
  connectionMinutes: 0,
  latency: [],
  reasons: {},
};

/** The counters of a process so far; the difference of two readings is what happened between them. */
export type Reading = Omit<Figures, 'connectionMinutes'> & { readonly connections: number };

/** Of a provider's results: taken, and such as will be tried again. */
const TAKEN = new Set(['accepted']);
const LATER = new Set(['throttled', 'transient', 'quota_exhausted', 'unknown_after_write']);

export function readingOf(meters: Meters): Reading {
  const reasons: Record<string, number> = Object.fromEntries(meters.dropped);
  let notified = 0;
  let failed = 0;
  for (const [name, count] of meters.notifications) {
    const result = name.slice(name.indexOf(' ') + 1);
    if (TAKEN.has(result)) notified += count;
    else if (!LATER.has(result)) {
      failed += count;
      reasons[name] = count;
    }
  }
  return {
    accepted: meters.accepted,
    delivered: sumOf(meters.acked.values()),
    notified,
    failed,
    dropped: sumOf(meters.dropped.values()),
    latency: [...meters.delivery.counts],
    reasons,
    connections: sumOf(meters.connections.values()),
  };
}

/** What happened from one reading to the next. `minutes`: how long that was, for the connections. */
export function between(before: Reading, after: Reading, minutes: number): Figures {
  const reasons = Object.entries(after.reasons)
    .map(([reason, count]): [string, number] => [reason, count - (before.reasons[reason] ?? 0)])
    .filter(([, count]) => count > 0);
  return {
    accepted: after.accepted - before.accepted,
    delivered: after.delivered - before.delivered,
    notified: after.notified - before.notified,
    failed: after.failed - before.failed,
    dropped: after.dropped - before.dropped,
    connectionMinutes: ((before.connections + after.connections) / 2) * minutes,
    latency: after.latency.map((count, slot) => count - (before.latency[slot] ?? 0)),
    reasons: Object.fromEntries(reasons),
  };
}

export function together(one: Figures, other: Figures): Figures {
  const reasons = { ...one.reasons };
  for (const [reason, count] of Object.entries(other.reasons)) reasons[reason] = (reasons[reason] ?? 0) + count;
  const slots = Math.max(one.latency.length, other.latency.length);
  return {
    accepted: one.accepted + other.accepted,
    delivered: one.delivered + other.delivered,
    notified: one.notified + other.notified,
    failed: one.failed + other.failed,
    dropped: one.dropped + other.dropped,
    connectionMinutes: one.connectionMinutes + other.connectionMinutes,
    latency: Array.from({ length: slots }, (_, slot) => (one.latency[slot] ?? 0) + (other.latency[slot] ?? 0)),
    reasons,
  };
}

export const isNothing = (figures: Figures): boolean =>
  figures.connectionMinutes === 0 &&
  figures.accepted + figures.delivered + figures.notified + figures.failed + figures.dropped === 0;

/** Milliseconds within which that part of the deliveries was done, read off the slots; null without any. */
export function percentile(latency: readonly number[], bounds: readonly number[], part: number): number | null {
  const total = sumOf(latency);
  if (total === 0) return null;
  let left = total * part;
  for (const [slot, count] of latency.entries()) {
    if (count === 0 || left > count) {
      left -= count;
      continue;
    }
    const from = bounds[slot - 1] ?? 0;
    // Above the last bound all that is known is that it was longer.
    const to = bounds[slot] ?? from;
    return Math.round((from + (to - from) * (left / count)) * 1000 * 10) / 10;
  }
  return (bounds.at(-1) ?? 0) * 1000;
}

function sumOf(counts: Iterable<number>): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}
