import { PushError } from '../../errors.js';
import { names } from '../../model/names.js';
import type { Position, StreamName } from '../../wire.js';

/**
 * Where a device is in its streams, as one opaque string for `Last-Event-ID` and `after`. Fields between dots, each a letter
 * and a value, in letters, digits, `-` and `_` only, so that it travels in a URL and in a header as it is:
 *
 *   1            the version
 *   e<epoch>     the epoch of all positions up to the next such field; `f<base64url>` where it has other characters
 *   m<seq>       `@me`, the seq in base 36
 *   a<seq>       `@all`
 *   t<seq>.name  a topic; `b<seq>.base64url` where its name has other characters
 *   n<digests>   notices the device was told, six characters each: see NoticeList
 *
 * A position can be appended to any cursor of the same epoch: events that go to thousands of links are encoded once.
 */
export const CURSOR_VERSION = '1';

/** Hard limits on a cursor: it must fit into a request's head, and is read for anybody who sends one. */
export const CURSOR_LIMITS = Object.freeze({ characters: 4096, streams: 256, notices: 64 });

export interface Cursor {
  readonly positions: ReadonlyMap<StreamName, Position>;
  /** Digests of `NOTICE_DIGEST` characters. */
  readonly notices: ReadonlySet<string>;
}
export const NOTICE_DIGEST = 6;

const PLAIN = /^[\w-]+$/;
const SEQ = /^(?:0|[1-9a-z][0-9a-z]{0,10})$/;
const EPOCH_LENGTH = 64;

/** With its dot in front, so that it can be appended. */
export const epochField = (epoch: string): string => (PLAIN.test(epoch) ? `.e${epoch}` : `.f${base64url(epoch)}`);

/** With its dot in front, so that it can be appended. */
export function positionField(name: StreamName, seq: number): string {
  const at = seq.toString(36);
  if (name === '@me') return `.m${at}`;
  if (name === '@all') return `.a${at}`;
  return PLAIN.test(name) ? `.t${at}.${name}` : `.b${at}.${base64url(name)}`;
}

/** The positions that fit, those named first before others. 64 notices at most. */
export function encodeCursor(
  positions: Iterable<readonly [StreamName, Position]>,
  notices: Iterable<string> = [],
): string {
  const byEpoch = new Map<string, string>();
  const told = [...notices].join('');
  const noticeField = told === '' ? '' : `.n${told}`;
  let length = CURSOR_VERSION.length + noticeField.length;
  let streams = 0;
  for (const [name, { epoch, seq }] of positions) {
    const head = byEpoch.get(epoch) ?? epochField(epoch);
    const field = positionField(name, seq);
    const added = field.length + (byEpoch.has(epoch) ? 0 : head.length);
    if (streams === CURSOR_LIMITS.streams || length + added > CURSOR_LIMITS.characters) break;
    byEpoch.set(epoch, head + field);
    length += added;
    streams++;
  }
  return CURSOR_VERSION + [...byEpoch.values()].join('') + noticeField;
}

/** Throws PushError INVALID, which names `field`, on anything that no cursor of ours looks like. */
export function decodeCursor(text: string, field: string): Cursor {
  const invalid = (): never => {
    throw new PushError(
      'INVALID',
      `"${field}" is not a cursor of this server; leave it out to continue where the device stopped`,
      {
        field,
      },
    );
  };
  if (typeof text !== 'string' || text.length > CURSOR_LIMITS.characters) return invalid();
  const fields = text.split('.');
  if (fields[0] !== CURSOR_VERSION) return invalid();

  const positions = new Map<StreamName, Position>();
  let notices: ReadonlySet<string> | undefined;
  let epoch: string | undefined;
  for (let at = 1; at < fields.length; at++) {
    const kind = fields[at]!.charAt(0);
    const value = fields[at]!.slice(1);
    if (kind === 'e' || kind === 'f') {
      epoch = kind === 'e' ? plain(value) : unwrapped(value);
      if (epoch === undefined || epoch.length > EPOCH_LENGTH) return invalid();
      continue;
    }
    if (kind === 'n') {
      if (notices !== undefined) return invalid();
      notices = digests(value) ?? invalid();
      continue;
    }
    const name =
      kind === 'm'
        ? '@me'
        : kind === 'a'
          ? '@all'
          : topic(kind === 't' ? plain(fields[++at]) : kind === 'b' ? unwrapped(fields[++at]) : undefined);
    const seq = seqOf(value);
    if (epoch === undefined || name === undefined || seq === undefined || positions.has(name)) return invalid();
    if (positions.size === CURSOR_LIMITS.streams) return invalid();
    positions.set(name, { epoch, seq });
  }
  return { positions, notices: notices ?? new Set() };
}

const base64url = (text: string): string => Buffer.from(text).toString('base64url');
const plain = (text: string | undefined): string | undefined =>
  text !== undefined && PLAIN.test(text) ? text : undefined;

/** Only text that is encoded in the one way we encode it. */
function unwrapped(text: string | undefined): string | undefined {
  if (plain(text) === undefined) return undefined;
  const inside = Buffer.from(text as string, 'base64url').toString();
  return base64url(inside) === text && !PLAIN.test(inside) ? inside : undefined;
}

function digests(text: string): ReadonlySet<string> | undefined {
  const count = text.length / NOTICE_DIGEST;
  if (!PLAIN.test(text) || !Number.isInteger(count) || count > CURSOR_LIMITS.notices) return undefined;
  return new Set(Array.from({ length: count }, (_, i) => text.slice(i * NOTICE_DIGEST, (i + 1) * NOTICE_DIGEST)));
}

function topic(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  try {
    return names.topic(name);
  } catch {
    return undefined;
  }
}

function seqOf(text: string): number | undefined {
  const seq = SEQ.test(text) ? parseInt(text, 36) : NaN;
  return Number.isSafeInteger(seq) ? seq : undefined;
}
