import type { Clock } from 'push-core';
import { NOTHING, percentile, together, type Figures } from './figures.js';
import { HOUR_MS, MINUTE_MS, type StatStore } from './stat-store.js';

const RANGES = {
  hour: { stepMs: MINUTE_MS, reachMs: HOUR_MS },
  month: { stepMs: HOUR_MS, reachMs: 30 * 24 * HOUR_MS },
} as const;
export type StatRange = keyof typeof RANGES;

export interface StatPoint {
  /** Where the step begins, Unix milliseconds. */
  readonly at: number;
  readonly accepted: number;
  readonly delivered: number;
  readonly notified: number;
  readonly failed: number;
  readonly dropped: number;
  /** On average over the step. */
  readonly connections: number;
  /** Milliseconds from accepted to acknowledged; null: nothing was delivered. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly reasons: Readonly<Record<string, number>>;
}

export interface StatAnswer {
  readonly stepMs: number;
  /** By time. Where nothing happened there is none. */
  readonly points: readonly StatPoint[];
}

/** What all nodes did, put together. */
export class Stats {
  constructor(
    private readonly store: StatStore,
    /** Of the engine's delivery histogram, seconds. */
    private readonly bounds: readonly number[],
    private readonly clock: Clock,
  ) {}

  async of(range: StatRange): Promise<StatAnswer> {
    const { stepMs, reachMs } = RANGES[range];
    const now = this.clock.now();
    const since = Math.floor((now - reachMs) / stepMs) * stepMs;
    const steps = new Map<number, Figures>();
    for (const { at, step, figures } of await this.store.since(since)) {
      if (step > stepMs) continue;
      const begin = Math.floor(at / stepMs) * stepMs;
      steps.set(begin, together(steps.get(begin) ?? NOTHING, figures));
    }
    const points = [...steps].map(([at, figures]) =>
      this.pointOf(at, figures, Math.min(stepMs, Math.max(MINUTE_MS, now - at))),
    );
    return { stepMs, points };
  }

  private pointOf(at: number, figures: Figures, lengthMs: number): StatPoint {
    const { latency, connectionMinutes, ...counts } = figures;
    const within = (part: number) => percentile(latency, this.bounds, part);
    return {
      at,
      ...counts,
      connections: Math.round((connectionMinutes / (lengthMs / MINUTE_MS)) * 10) / 10,
      p50Ms: within(0.5),
      p95Ms: within(0.95),
      p99Ms: within(0.99),
    };
  }
}
