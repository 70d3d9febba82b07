import { PushError } from 'push-core';
import type { Problem } from '../http/problem.js';

/** The pattern Nest's clients publish under. */
export const PATTERN = 'push.publish';

/** What Nest's `ClientProxy` wraps a request in: `{pattern, data}` of an event, with an `id` of a question. */
export interface NestEnvelope {
  /** Told back with the answer. */
  readonly id?: unknown;
}
export type Fields = Readonly<Record<string, unknown>>;

/** Plain publish bodies have no `pattern`. */
export const isEnvelope = (body: Fields): boolean => Object.hasOwn(body, 'pattern');

/** The question inside. Throws INVALID, UNKNOWN_FIELD. */
export function unwrap(envelope: Fields): unknown {
  const unknown = Object.keys(envelope).find((name) => name !== 'pattern' && name !== 'data' && name !== 'id');
  if (unknown !== undefined) {
    const message = `There is no field "${unknown}" beside "pattern"; put it into "data"`;
    throw new PushError('UNKNOWN_FIELD', message, { field: unknown });
  }
  if (!isOurs(envelope.pattern)) throw new PushError('INVALID', `"pattern" must be "${PATTERN}"`, { field: 'pattern' });
  return envelope.data;
}

/** As a string, as Nest's customary `{cmd}`, or as the JSON text of either. */
function isOurs(pattern: unknown): boolean {
  if (pattern === PATTERN || commandOf(pattern) === PATTERN) return true;
  if (typeof pattern !== 'string') return false;
  try {
    const parsed = JSON.parse(pattern) as unknown;
    return parsed === PATTERN || commandOf(parsed) === PATTERN;
  } catch {
    return false;
  }
}

const commandOf = (pattern: unknown): unknown =>
  typeof pattern === 'object' && pattern !== null && Object.keys(pattern).length === 1
    ? (pattern as { cmd?: unknown }).cmd
    : undefined;

/** For what cannot be read: whoever asked through Nest would take a bare problem document for a result. */
export const looksLikeEnvelope = (body: Uint8Array): boolean =>
  /^\s*\{\s*"pattern"\s*:/.test(new TextDecoder().decode(body.subarray(0, 64)));

export type Answer =
  { readonly kind: 'result'; readonly result: object } | { readonly kind: 'problem'; readonly problem: Problem };

/** The answer as the one who asked reads it. */
export function answerBody(answer: Answer, envelope: NestEnvelope | undefined): Uint8Array {
  const bare = answer.kind === 'result' ? answer.result : answer.problem;
  if (!envelope) return Buffer.from(JSON.stringify(bare));
  return inEnvelope(answer.kind === 'result' ? { response: bare } : { err: bare }, envelope);
}

/** As Nest's client reads it: the only answer to its question. */
export const inEnvelope = (
  answer: { readonly response: unknown } | { readonly err: unknown },
  { id }: NestEnvelope,
): Uint8Array => Buffer.from(JSON.stringify({ ...answer, isDisposed: true, id }));
