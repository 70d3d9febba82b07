import { PushError } from '../errors.js';
import { LIMITS } from './limits.js';
import type { Message } from './message.js';
import type { PublishInput } from './publish-input.js';
import { publishSchema } from './schemas.js';
import { createValidator } from './validate.js';

const DEFAULT_TTL_SECONDS = 604_800;

export const validatePublish = createValidator<PublishInput>(publishSchema, 'message');

/** The message a valid publish stands for. Checks what a schema cannot. */
export function prepareMessage(tenant: string, id: string, input: PublishInput, acceptedAt: number): Message {
  const options = input.options ?? {};
  if (options.volatile) refuseWhatIsKept(input);
  const { sendAt } = options;
  if (sendAt !== undefined && sendAt > acceptedAt + LIMITS.scheduleMs) {
    throw new PushError('INVALID', '"options.sendAt" is more than a year ahead', { field: 'options.sendAt' });
  }
  const dueAt = sendAt !== undefined && sendAt > acceptedAt ? sendAt : undefined;
  return {
    tenant,
    id,
    type: input.type,
    thread: input.thread,
    data: serialise(input.data),
    to: input.to,
    notification: input.notification,
    options,
    acceptedAt,
    expiresAt: (dueAt ?? acceptedAt) + (options.ttl ?? DEFAULT_TTL_SECONDS) * 1000,
    dueAt,
  };
}

/** A signal is stored nowhere: nothing of it can wait. */
function refuseWhatIsKept({ notification, options }: PublishInput): void {
  const field = notification ? 'notification' : options?.sendAt !== undefined ? 'options.sendAt' : undefined;
  if (field === undefined) return;
  throw new PushError('INVALID', `"${field}" cannot go with "options.volatile": a signal is never stored`, { field });
}

function serialise(data: unknown): string | undefined {
  if (data === undefined) return undefined;
  if (deeperThan(data, LIMITS.dataDepth)) {
    throw new PushError('INVALID', `"data" is nested deeper than ${LIMITS.dataDepth} levels`, { field: 'data' });
  }
  let text: unknown;
  try {
    text = JSON.stringify(data);
  } catch (cause) {
    throw new PushError('INVALID', '"data" cannot be written as JSON', { field: 'data', cause });
  }
  // A function or a symbol is no JSON; TypeScript does not know that stringify may answer undefined.
  if (typeof text !== 'string') throw new PushError('INVALID', '"data" cannot be written as JSON', { field: 'data' });
  // A UTF-16 unit is at most 3 bytes of UTF-8: most data needs no exact count.
  if (text.length * 3 > LIMITS.dataBytes && Buffer.byteLength(text) > LIMITS.dataBytes) {
    throw new PushError('TOO_LARGE', `"data" is larger than ${LIMITS.dataBytes} bytes`, { field: 'data' });
  }
  return text;
}

/** Level by level, so that deep input cannot exhaust the stack. */
function deeperThan(root: unknown, limit: number): boolean {
  if (typeof root !== 'object' || root === null) return false;
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    const below: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      for (const child of Object.values(value)) if (typeof child === 'object' && child !== null) below.push(child);
    }
    level = below;
  }
  return false;
}
