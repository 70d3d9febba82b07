import type { ErasedCounts } from '../store/erase-store.js';

/** What an erasure has done. */
export interface Erased extends ErasedCounts {
  /** False: it takes longer, and goes on by itself; asking again says when it is over. The counts are those so far. */
  readonly finished: boolean;
}

export const NOTHING_ERASED: ErasedCounts = Object.freeze({
  messages: 0,
  audiences: 0,
  entries: 0,
  devices: 0,
  subscriptions: 0,
  notifications: 0,
  others: 0,
});

export function addErased(sum: ErasedCounts, more: Partial<ErasedCounts>): ErasedCounts {
  const added: Record<string, number> = { ...sum };
  for (const [name, count] of Object.entries(more)) added[name] = (added[name] ?? 0) + count;
  return added as unknown as ErasedCounts;
}
