import {
  createValidator,
  idSchema,
  PushError,
  toPushError,
  type BatchItem,
  type PublishInput,
  type Work,
} from 'push-core';
import { parseJsonBytes } from '../http/json-body.js';
import { isEnvelope, looksLikeEnvelope, unwrap, type Fields, type NestEnvelope } from './nest-envelope.js';

/** The same as over HTTP. */
const BODY_BYTES = 4 * 1024 * 1024;

/** What is asked. The messages in it are the engine's to judge. */
export type PublishRequest =
  | { readonly kind: 'one'; readonly tenant: string; readonly input: PublishInput; readonly idempotencyKey?: string }
  | { readonly kind: 'batch'; readonly tenant: string; readonly items: readonly BatchItem[] };

export type Reading =
  | { readonly kind: 'request'; readonly request: PublishRequest; readonly envelope?: NestEnvelope }
  | { readonly kind: 'refused'; readonly error: PushError; readonly envelope?: NestEnvelope };

/** UTF-8 JSON, 4 MiB at most: `{tenant, idempotencyKey?, …publish}` or `{tenant, messages}`, bare or in Nest's envelope. */
export function readWork({ body }: Work): Reading {
  let envelope: NestEnvelope | undefined;
  try {
    let asked = fieldsOf(parse(body), 'body');
    if (isEnvelope(asked)) {
      envelope = { id: asked.id };
      asked = fieldsOf(unwrap(asked), 'data');
    }
    return { kind: 'request', request: requestOf(asked), envelope };
  } catch (thrown) {
    if (!envelope && looksLikeEnvelope(body)) envelope = {};
    return { kind: 'refused', error: toPushError(thrown), envelope };
  }
}

function parse(body: Uint8Array): unknown {
  if (body.length > BODY_BYTES)
    throw new PushError('TOO_LARGE', `The body is larger than ${BODY_BYTES} bytes`, { field: 'body' });
  const parsed = parseJsonBytes(body);
  if (parsed.kind === 'refused') throw parsed.error;
  return parsed.value;
}

function fieldsOf(value: unknown, field: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new PushError('INVALID', `"${field}" must be a JSON object`, { field });
}

function requestOf({ tenant: asked, ...fields }: Fields): PublishRequest {
  if (asked === undefined) throw new PushError('INVALID', '"tenant" is missing', { field: 'tenant' });
  const tenant = checkTenant(asked);
  if (Object.hasOwn(fields, 'messages')) return { kind: 'batch', tenant, items: itemsOf(fields) };
  const { idempotencyKey, ...input } = fields as unknown as PublishInput & { readonly idempotencyKey?: string };
  return { kind: 'one', tenant, input, idempotencyKey };
}

function itemsOf({ messages, ...others }: Fields): readonly BatchItem[] {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    const message = `There is no field "${unknown}" beside "messages"; remove it`;
    throw new PushError('UNKNOWN_FIELD', message, { field: unknown });
  }
  if (Array.isArray(messages)) return messages as BatchItem[];
  throw new PushError('INVALID', '"messages" must be a list of publishes', { field: 'messages' });
}

const checkTenant = createValidator<string>(idSchema, 'tenant');
