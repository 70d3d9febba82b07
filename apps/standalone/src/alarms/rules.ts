import type { Histogram } from 'push-core';
import type { Readings } from './readings.js';

/** `between`: neither bad enough to begin, nor good enough to end. */
export type Verdict = 'bad' | 'between' | 'good';

export interface Finding {
  /** What it is about, where a rule is about several things: a provider, a queue, a node. */
  readonly about: string;
  readonly verdict: Verdict;
  /** One sentence, without anything that is nobody's business. */
  readonly text: string;
}

export interface Rule {
  readonly name: string;
  readonly severity: 'warning' | 'critical';
  /** Bad for so long before it is told, good for so long before it is over. Milliseconds. */
  readonly forMs: number;
  readonly clearMs: number;
  /** `before`: the readings of about five minutes ago, or the oldest there are. What is not found any more is good. */
  judge(now: Readings, before: Readings): readonly Finding[];
}

/** Begins at `bad` and ends below `good`. */
const between = (value: number, good: number, bad: number): Verdict =>
  value >= bad ? 'bad' : value < good ? 'good' : 'between';

/** Far below what the queue holds, and far above what a busy hour leaves in it for a moment. */
const DEPTHS: Readonly<Record<string, readonly [good: number, bad: number]>> = {
  intake: [1000, 5000],
  'fan-out': [100, 1000],
  offline: [1000, 10_000],
  notifications: [1000, 10_000],
};
/** What `offline` is called where people read it. */
const CALLED: Readonly<Record<string, string>> = { offline: 'decisions' };
const P99_SECONDS = [2.5, 5] as const;
/** Of fewer deliveries a hundredth says nothing. */
const LEAST_DELIVERIES = 100;
const MINUTE = 60_000;

export const RULES: readonly Rule[] = [
  {
    name: 'provider-breaker-open',
    severity: 'critical',
    forMs: 0,
    clearMs: MINUTE,
    judge: ({ open }) =>
      [...open].map(([provider, count]) => ({
        about: provider,
        verdict: 'bad',
        text: `${provider} is not asked for the moment: it refuses or fails ${count === 1 ? 'the credentials of a tenant' : `${count} credentials`}. The log names whose`,
      })),
  },
  {
    name: 'notifications-dying',
    severity: 'warning',
    forMs: 0,
    clearMs: 5 * MINUTE,
    judge: (now, before) => [
      {
        about: '',
        verdict: between(now.dead - before.dead, 1, 10),
        text: `${now.dead - before.dead} notifications were given up within five minutes; they can be replayed`,
      },
    ],
  },
  {
    name: 'queue-deep',
    severity: 'warning',
    forMs: 2 * MINUTE,
    clearMs: 2 * MINUTE,
    judge: ({ depth }) =>
      [...depth].map(([queue, waiting]) => {
        const [good, bad] = DEPTHS[queue] ?? [1000, 10_000];
        const called = CALLED[queue] ?? queue;
        return { about: called, verdict: between(waiting, good, bad), text: `${waiting} wait in the queue ${called}` };
      }),
  },
  {
    name: 'store-trouble',
    severity: 'critical',
    forMs: 30_000,
    clearMs: 30_000,
    judge: ({ trouble }) => [
      {
        about: '',
        verdict: trouble ? 'bad' : 'good',
        text: 'The store does not answer as it should; the log says how',
      },
    ],
  },
  {
    name: 'bus-away',
    severity: 'warning',
    forMs: 30_000,
    clearMs: 30_000,
    judge: ({ bus }) => [
      {
        about: '',
        verdict: bus === 'up' ? 'good' : 'bad',
        text: `The broker is ${bus}; other nodes are reached through the store, seconds later`,
      },
    ],
  },
  {
    name: 'delivery-slow',
    severity: 'warning',
    forMs: MINUTE,
    clearMs: 2 * MINUTE,
    judge: (now, before) => {
      const { seconds, count } = p99(now.delivery, before.delivery);
      const verdict = count < LEAST_DELIVERIES ? 'good' : between(seconds, ...P99_SECONDS);
      return [{ about: '', verdict, text: `One delivery in a hundred takes longer than ${P99_SECONDS[1]} s` }];
    },
  },
  {
    name: 'node-lost',
    severity: 'critical',
    forMs: 0,
    clearMs: 0,
    judge: ({ lost }) =>
      lost.map((node) => ({
        about: node,
        verdict: 'bad',
        text: `Node ${node} was not heard of and did not say good-bye`,
      })),
  },
];

/** The upper bound of the bucket in which the slowest hundredth begins, of what was observed in between. */
export function p99(now: Histogram, before: Histogram): { readonly seconds: number; readonly count: number } {
  const added = now.counts.map((count, at) => count - (before.counts[at] ?? 0));
  const count = added.reduce((sum, one) => sum + one, 0);
  let left = count * 0.99;
  const at = added.findIndex((some) => (left -= some) <= 0);
  return { seconds: count === 0 ? 0 : (now.bounds[at] ?? Infinity), count };
}
