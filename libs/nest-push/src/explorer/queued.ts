import { parseJsonBytes } from '../http/json-body.js';
import { inEnvelope, type NestEnvelope } from '../ingress/nest-envelope.js';

/** What stands in a piece of work: bare JSON, or the envelope of Nest's clients around it. */
export interface Queued {
  readonly kind: 'read';
  readonly payload: unknown;
  /** Of the envelope; the answer comes in one too. */
  readonly envelope?: NestEnvelope;
}
export interface Unreadable {
  readonly kind: 'unreadable';
  readonly reason: string;
}

export function readQueued(body: Uint8Array): Queued | Unreadable {
  const parsed = parseJsonBytes(body);
  if (parsed.kind === 'refused') return { kind: 'unreadable', reason: parsed.error.message };
  const value = parsed.kind === 'value' ? parsed.value : undefined;
  if (!isEnvelope(value)) return { kind: 'read', payload: value };
  return { kind: 'read', payload: value.data, envelope: { id: value.id } };
}

export function replyBody({ envelope }: Queued, value: unknown, failed?: string): Uint8Array {
  const bare = failed === undefined ? (value ?? null) : { error: failed };
  if (!envelope) return Buffer.from(JSON.stringify(bare));
  return inEnvelope(failed === undefined ? { response: bare } : { err: failed }, envelope);
}

/** `{pattern, data}` of an event, with an `id` of a question. */
function isEnvelope(value: unknown): value is { data?: unknown; id?: unknown } {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'pattern')) return false;
  return Object.keys(value).every((name) => name === 'pattern' || name === 'data' || name === 'id');
}
