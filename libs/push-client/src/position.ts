import type { Position } from 'push-core/wire';

/** Of a position learnt over a transport that does not tell epochs; no server has it. */
export const UNKNOWN_EPOCH = '?';

/** Reads a position out of something stored or received; undefined where it is none. */
export function readPosition(value: unknown): Position | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { epoch, seq } = value as { epoch?: unknown; seq?: unknown };
  if (typeof epoch !== 'string' || epoch === '' || !isSeq(seq)) return undefined;
  return { epoch, seq };
}

/** 0 is the place before the first entry. */
export function isSeq(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
