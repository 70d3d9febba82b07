import type { Counters } from '../meters.js';
import type { HotRing } from './hot-ring.js';

/** How long entries took, as far as memory still knows. One look for most acknowledgements: their ages fall in one bucket. */
export function meterDelivery(counters: Counters, hot: HotRing, from: number, to: number, now: number): void {
  const first = Math.max(from, hot.oldest);
  if (first > to || !hot.has(to)) return;
  const age = (seq: number) => now - hot.get(seq).at;
  if (counters.delivered(to - first + 1, age(first), age(to))) return;
  for (let seq = first; seq <= to; seq++) counters.delivered(1, age(seq), age(seq));
}
