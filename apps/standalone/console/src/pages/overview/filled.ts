import type { Range, StatPoint, Stats } from '../../api/types';

const NOTHING = { accepted: 0, delivered: 0, notified: 0, failed: 0, dropped: 0, connections: 0, reasons: {} } as const;
const REACH: Record<Range, number> = { hour: 3_600_000, month: 30 * 86_400_000 };

/** The server leaves out steps in which nothing happened; a line through them would say otherwise. */
export function filled({ stepMs, points }: Stats, range: Range, now: number): StatPoint[] {
  const known = new Map(points.map((point) => [Math.floor(point.at / stepMs), point]));
  // The step before this one may not be written yet: it is no silence.
  const last = Math.max(Math.floor(now / stepMs) - 2, ...known.keys());
  const first = Math.max(last - Math.floor(REACH[range] / stepMs) + 1, 0);
  const all: StatPoint[] = [];
  for (let step = first; step <= last; step++) all.push(known.get(step) ?? { ...NOTHING, at: step * stepMs });
  return all;
}

/** Reasons over the whole stretch, the most frequent first. */
export function reasonsOf(points: readonly StatPoint[]): readonly (readonly [string, number])[] {
  const sums = new Map<string, number>();
  for (const { reasons } of points)
    for (const [reason, count] of Object.entries(reasons)) sums.set(reason, (sums.get(reason) ?? 0) + count);
  return [...sums].filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1]);
}
