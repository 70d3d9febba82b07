import type { StreamName } from 'push-core/wire';
import { isSeq } from '../position.js';

type Fields = Record<string, unknown>;

/** A frame that accounts for `from`–`to` of a stream. */
interface Move {
  s: StreamName;
  from: number;
  to: number;
  frame: unknown;
}

/** What an answer to a poll says, in the order in which the frames would have come elsewhere. */
export interface PollAnswer {
  cursor: string;
  /** A position this device had does not hold any more. */
  isReset: boolean;
  isEmpty: boolean;
  /** As in `connected`, where the server tells them. */
  streams: Fields | undefined;
  moves: Move[];
  /** By stream: the `seq` before its first entry here. */
  firsts: Map<StreamName, number>;
  followed: unknown[];
  others: unknown[];
}

/** Throws where it is no answer of a push server. What is wrong inside is found out when it is taken for a frame. */
export function readAnswer(text: string): PollAnswer {
  const { entries, events = [], cursor, recovery, streams } = JSON.parse(text) as Fields;
  if (!Array.isArray(entries) || !Array.isArray(events) || typeof cursor !== 'string') {
    throw new TypeError('not the answer of a push server');
  }
  const moves: Move[] = [];
  const followed: unknown[] = [];
  const others: unknown[] = [];
  for (const frame of [...(entries as unknown[]), ...(events as unknown[])]) {
    const move = moveOf(frame);
    if (move !== undefined) moves.push(move);
    else if ((frame as Fields | null)?.op === 'followed') followed.push(frame);
    else others.push(frame);
  }
  // Gaps and skips come beside the messages between which they belong.
  moves.sort((a, b) => a.from - b.from);
  const firsts = new Map<StreamName, number>();
  for (const { s, from } of moves) if (!firsts.has(s)) firsts.set(s, from - 1);
  return {
    cursor,
    isReset: recovery === 'reset',
    isEmpty: entries.length + events.length === 0,
    streams: isFields(streams) ? streams : undefined,
    moves,
    firsts,
    followed,
    others,
  };
}

function moveOf(frame: unknown): Move | undefined {
  if (!isFields(frame)) return undefined;
  const { op, s, seq, from = seq, to = seq } = frame;
  const isMove = op === 'push' || op === 'gap' || op === 'skip';
  return isMove && typeof s === 'string' && isSeq(from) && isSeq(to) ? { s, from, to, frame } : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
