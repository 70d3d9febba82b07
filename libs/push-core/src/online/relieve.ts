import { CLOSE } from '../close-reasons.js';
import type { Counters } from '../meters.js';
import type { Connection } from './connection.js';

/** Together they hold so many bytes too much: who has been stalled longest goes first. */
export function relieve(connections: Iterable<Connection>, excess: number, counters: Counters): void {
  const stalled = [...connections].filter((one) => one.stalledSince >= 0);
  stalled.sort((a, b) => a.stalledSince - b.stalledSince);
  let left = excess;
  for (const connection of stalled) {
    if (left <= 0) return;
    left -= connection.link.bufferedBytes();
    counters.drop('buffered');
    connection.close(CLOSE.slowConsumer);
  }
}
