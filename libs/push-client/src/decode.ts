import type { ServerFrame } from 'push-core/wire';
import { isSeq } from './position.js';

type Fields = Record<string, unknown>;

export type Decoded =
  | { kind: 'frame'; frame: ServerFrame }
  /** Well formed, but of a newer protocol than this SDK: not an error. */
  | { kind: 'unknown'; op: string }
  | { kind: 'bad'; problem: string };

/** Far above the longest line a server sends (64 KiB of data, escaped); protects the parser, not the network. */
const LONGEST_LINE_CHARS = 1024 * 1024;

/** Kept in memory for a while; the contract allows 128. */
const LONGEST_ID_CHARS = 512;

const isText = (value: unknown): value is string => typeof value === 'string';
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isOptional = (value: unknown, check: (value: unknown) => boolean): boolean => value === undefined || check(value);
const isPause = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);

const isRange = (value: unknown): boolean =>
  isFields(value) && isSeq(value.from) && value.from >= 1 && isSeq(value.to) && value.from <= value.to;

const isStreamInfo = (value: unknown): boolean =>
  isFields(value) &&
  isText(value.epoch) &&
  value.epoch !== '' &&
  isSeq(value.from) &&
  (value.recovery === 'complete' || value.recovery === 'gap' || value.recovery === 'reset') &&
  isOptional(value.lost, isRange) &&
  isOptional(value.continues, isText);

const isId = (value: unknown): boolean => isText(value) && value.length <= LONGEST_ID_CHARS;

/** Only what this SDK relies on is checked; the rest passes through to the application. */
const checks: Record<string, (fields: Fields) => boolean> = {
  connected: (f) =>
    isOptional(f.heartbeatMs, isPause) && isFields(f.streams) && Object.values(f.streams).every(isStreamInfo),
  push: (f) => isText(f.s) && isSeq(f.seq) && f.seq >= 1 && isId(f.id) && isText(f.type),
  gap: (f) => isText(f.s) && isRange(f),
  skip: (f) => isText(f.s) && isRange(f),
  read: (f) => isText(f.s) && isSeq(f.seq) && isSeq(f.unread) && isOptional(f.thread, isText),
  recall: (f) => isText(f.s) && isSeq(f.seq) && isId(f.id),
  signal: (f) => isText(f.type) && isOptional(f.thread, isText),
  ok: (f) => isOptional(f.id, isSeq) && (f.epoch === undefined || isStreamInfo({ recovery: 'complete', ...f })),
  followed: (f) => isText(f.s) && isStreamInfo(f),
  unfollowed: (f) => isText(f.s),
  pong: () => true,
  error: (f) => isOptional(f.id, isSeq) && isText(f.code),
  bye: (f) => isSeq(f.code) && typeof f.reconnect === 'boolean' && isOptional(f.afterMs, isPause),
};

/** A frame, as a line of text or parsed already. Never throws, whatever the server sends. */
export function decode(item: unknown): Decoded {
  return isText(item) ? decodeLine(item) : decodeFields(item);
}

function decodeLine(line: string): Decoded {
  if (line.length > LONGEST_LINE_CHARS) return { kind: 'bad', problem: `a line of ${line.length} characters` };
  try {
    return decodeFields(JSON.parse(line));
  } catch {
    return { kind: 'bad', problem: 'a line that is not JSON' };
  }
}

function decodeFields(fields: unknown): Decoded {
  if (!isFields(fields) || !isText(fields.op)) return { kind: 'bad', problem: 'a line without op' };
  const { op } = fields;
  if (!Object.hasOwn(checks, op)) return { kind: 'unknown', op };
  if (checks[op]?.(fields) !== true) return { kind: 'bad', problem: `a malformed ${op}` };
  return { kind: 'frame', frame: fields as unknown as ServerFrame };
}
