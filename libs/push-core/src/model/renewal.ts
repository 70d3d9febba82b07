import type { StreamId } from './stream.js';

const BUCKETS = 1 << 16;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * Which of a few buckets a stream falls into. When a stream is erased its bucket is marked: streams that begin there from
 * then on have an epoch of their own. A bucket stands for so many names that it tells nothing about the one that was erased;
 * whoever else falls into it and has not begun yet only begins under another epoch.
 */
export function renewalBucket(tenant: string, stream: StreamId): number {
  const name = `${tenant} ${stream}`;
  let hash = FNV_OFFSET;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), FNV_PRIME);
  return ((hash >>> 16) ^ hash) & (BUCKETS - 1);
}

/** The epoch of a stream that began in a marked bucket; another one than any it had, and than any other store's. */
export const renewedEpoch = (epoch: string, mark: string | null | undefined): string =>
  mark === null || mark === undefined ? epoch : `${epoch}-${mark}`;
