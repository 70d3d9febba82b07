import type { Position, StreamState } from '../model/stream.js';
import type { ResumePoint, StreamInfo } from '../wire.js';

export interface ResumeQuestion {
  readonly state: StreamState;
  /** What the client asked for. */
  readonly asked?: ResumePoint;
  /** The device's stored cursor. */
  readonly stored?: Position;
  /** Where a device begins that has no cursor here. */
  readonly otherwise: number;
}

/**
 * Where delivery of a stream continues, in one of three answers.
 *
 * complete: from the position asked for, or the stored cursor, nothing is missing.
 * gap:      the same, but retention removed what lies between it and the oldest entry kept.
 *           A position in the epoch that this one carries on is as good, up to where it was carried.
 * reset:    the position belongs to another epoch (or lies beyond the head): it says nothing about this stream.
 *           It continues from the device's cursor in this epoch, or from the oldest entry kept: never after something unseen.
 */
export function resume({ state, asked, stored, otherwise }: ResumeQuestion): StreamInfo {
  const oldest = state.first - 1;
  const own = stored?.epoch === state.epoch ? Math.min(stored.seq, state.head) : undefined;
  if (asked === 'start') return info(state, oldest);
  const position = asked ?? stored;
  if (!position) return info(state, Math.min(otherwise, state.head));
  if (position.epoch === state.epoch && position.seq <= state.head) return info(state, position.seq);
  const { before } = state;
  if (before && position.epoch === before.epoch && position.seq <= before.seq)
    return { ...info(state, position.seq), continues: before.epoch };
  return { epoch: state.epoch, head: state.head, from: Math.max(own ?? oldest, oldest), recovery: 'reset' };
}

function info(state: StreamState, from: number): StreamInfo {
  const { epoch, head, first } = state;
  if (from >= first - 1) return { epoch, head, from, recovery: 'complete' };
  return { epoch, head, from, recovery: 'gap', lost: { from: from + 1, to: first - 1 } };
}
