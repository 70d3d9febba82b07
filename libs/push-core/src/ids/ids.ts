import { randomFillSync } from 'node:crypto';

/** Where ids and randomness come from; passed in, so that a simulation can repeat itself. */
export interface Ids {
  /** An id no one can guess; ids made later sort later, which keeps database pages warm. */
  message(acceptedAt: number): string;
  connection(): string;
  /** A secret: 128 bits no one can guess. */
  ticket(): string;
  /** Names one life of a store's streams. */
  epoch(): string;
}

/** Uniform in [0, 1). */
export type Random = () => number;

/** What ids made at that time begin with, and all that are made later lie after. Of ids by `createIds`. */
export const messageIdAt = (acceptedAt: number): string => acceptedAt.toString(36).padStart(9, '0');

const POOL_BYTES = 8192;
const ID_BYTES = 16;

/** Random bytes are drawn in bulk: one system call for 512 ids. */
function createPool(): () => string {
  const pool = Buffer.alloc(POOL_BYTES);
  let used = POOL_BYTES;
  return () => {
    if (used + ID_BYTES > POOL_BYTES) {
      randomFillSync(pool);
      used = 0;
    }
    used += ID_BYTES;
    return pool.toString('base64url', used - ID_BYTES, used);
  };
}

export function createIds(): Ids {
  const random128 = createPool();
  return {
    message: (acceptedAt) => messageIdAt(acceptedAt) + random128(),
    connection: random128,
    ticket: random128,
    epoch: () => random128().slice(0, 12),
  };
}

export const systemRandom: Random = () => Math.random();
