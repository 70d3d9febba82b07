import { LIMITS } from '../../model/limits.js';

/** How our frames travel among the host's: as they are, or in Nest's envelope `{"event":"push","data":{…}}`. */
export type Envelope = 'plain' | 'event';

const OURS: ReadonlySet<unknown> = new Set(['ack', 'read', 'follow', 'unfollow', 'ping']);
const EVENT = 'push.';

/**
 * The frames of the protocol in a text that arrived, a line each; empty for what is the host's own. Never throws: the
 * text may be anything.
 */
export function framesIn(text: string, envelope: Envelope): string {
  // Most of the host's messages are told apart without parsing them.
  if (text.length > LIMITS.clientFrameBytes || !text.includes(envelope === 'plain' ? '"op"' : `"${EVENT}`)) return '';
  const whole = frameIn(text, envelope);
  if (whole !== undefined || !text.includes('\n')) return whole ?? '';
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const frames = lines.map((line) => frameIn(line, envelope));
  return frames.includes(undefined) ? '' : frames.join('\n');
}

function frameIn(text: string, envelope: Envelope): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  // One line: the host may send pretty JSON.
  if (envelope === 'plain') return OURS.has((value as { op?: unknown }).op) ? oneLine(value) : undefined;
  const { event, data = {} } = value as { event?: unknown; data?: unknown };
  if (typeof event !== 'string' || !event.startsWith(EVENT)) return undefined;
  const op = event.slice(EVENT.length);
  if (!OURS.has(op) || typeof data !== 'object' || data === null) return undefined;
  return oneLine({ ...data, op });
}

/** Undefined for what is nested deeper than anything of ours. */
function oneLine(value: object): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** The messages of a frame from the server, one an object. */
export function messagesOf(text: string, envelope: Envelope): string[] {
  const lines = text.split('\n');
  if (envelope === 'plain') return lines;
  return lines.map((line) => {
    const op = /^\{"op":"([a-z]+)"/.exec(line)?.[1] ?? 'frame';
    return `{"event":"${op === 'push' ? op : EVENT + op}","data":${line}}`;
  });
}
