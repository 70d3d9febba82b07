import type { HttpResult } from '../http/pool.js';
import type { SendResult } from '../provider.js';
import type { Answer } from './dialect.js';
import { toResult, type Codes, type Meaning, type Said } from './meaning.js';

/** What came back over HTTP, read as far as all vendors agree: a JSON object whatever the status, or a result already. */
export function readHttp(http: HttpResult, now: number): Answer {
  switch (http.kind) {
    case 'refused':
      return failed({ kind: 'transient', reason: 'unreachable' });
    case 'unknown':
      return failed({ kind: 'unknown_after_write', reason: 'no_answer' });
    case 'forbidden':
      return failed({ kind: 'config_error', reason: 'endpoint_forbidden' });
    case 'answered': {
      const retryAfterMs = retryAfter(http.headers['retry-after'], now);
      const json = http.truncated ? undefined : parseObject(http.body);
      if (json) return { kind: 'answered', status: http.status, json, retryAfterMs };
      // It was taken, as far as the status goes; by how many tokens, nobody knows.
      if (isFine(http.status)) return failed({ kind: 'unknown_after_write', reason: 'unreadable_answer' });
      const result = toResult(byStatus(http.status, retryAfterMs), now);
      return { kind: 'failed', result, unauthorized: http.status === 401 };
    }
  }
}

/** What a whole answer says: it was taken, the access token is stale, or a result for everybody in it. */
export type Ruling = 'accepted' | 'stale_access' | SendResult;

/** By the vendor's code where it is known, by the status where it is not. */
export function judge(
  { status, retryAfterMs }: Extract<Answer, { kind: 'answered' }>,
  code: string,
  codes: Codes,
  now: number,
): Ruling {
  const known: Meaning | undefined = Object.hasOwn(codes, code) ? codes[code] : undefined;
  if (known === 'stale_access' || (known === undefined && status === 401)) return 'stale_access';
  if (known === 'accepted' && isFine(status)) return 'accepted';
  if (known !== undefined && known !== 'accepted') return toResult({ meaning: known, reason: code, retryAfterMs }, now);
  if (!isFine(status)) return toResult(byStatus(status, retryAfterMs), now);
  const reason = code === '' ? 'unreadable_answer' : unknownCode(code);
  return { kind: 'transient', reason, retryAfterMs };
}

/** What a vendor calls it is told as it is, where it is short enough to be a code. */
export const unknownCode = (code: string): string => `code_${code}`.slice(0, 40);

export const isFine = (status: number): boolean => status >= 200 && status < 300;

function byStatus(status: number, retryAfterMs: number | undefined): Said {
  const reason = `http_${status}`;
  if (status === 429) return { meaning: 'throttled', reason, retryAfterMs };
  if (status >= 500) return { meaning: 'transient', reason, retryAfterMs };
  if (status === 400 || status === 413 || status === 422) return { meaning: 'payload_error', reason };
  // Not found, moved, forbidden: the address or the credentials are not what they should be.
  return { meaning: 'config_error', reason };
}

/** Seconds or an HTTP date; milliseconds from now. */
function retryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d{1,7}$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  const value = parseJson(text);
  return isObject(value) ? value : undefined;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A code is a number to one vendor and a text to the next; sometimes both to one. */
export const codeOf = (value: unknown): string =>
  typeof value === 'number' || typeof value === 'string' ? String(value).trim() : '';

/** Texts of a list, which may also be written with commas between. */
export function listOf(value: unknown): readonly string[] {
  if (typeof value === 'string')
    return value
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean);
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

const failed = (result: SendResult): Answer => ({ kind: 'failed', result, unauthorized: false });
