import type { IncomingHttpHeaders } from 'node:http';
import { createValidator, isPushError } from 'push-core';
import type { CallbackEvent, CallbackReading } from 'push-core/providers';

/** What a receiver of webhooks may tell, with what it was given as `data.id`. */
interface Told {
  readonly type: 'notification.shown' | 'notification.opened' | 'notification.failed';
  readonly data: { readonly id: string; readonly reason?: string; readonly at?: number };
}

const KINDS: Readonly<Record<Told['type'], CallbackEvent['kind']>> = {
  'notification.shown': 'shown',
  'notification.opened': 'opened',
  'notification.failed': 'not_shown',
};

/** It may grow, as what we send may: what is not known is left alone. */
const check = createValidator<Told>(
  {
    type: 'object',
    required: ['type', 'data'],
    properties: {
      type: { enum: Object.keys(KINDS) },
      data: {
        type: 'object',
        required: ['id'],
        properties: {
          id: { type: 'string', minLength: 1, maxLength: 128 },
          reason: { type: 'string', maxLength: 64, pattern: '^[\\w.-]*$' },
          at: { type: 'integer', minimum: 1 },
        },
      },
    },
  },
  'body',
);

/**
 * `{"type":"notification.opened","data":{"id":"…"}}`, signed with the tenant's own secret as Standard Webhooks are: the way back of what
 * the webhook provider sends. A repeated `webhook-id` needs no memory: a receipt counts once anyway.
 */
export async function readWebhookCallback(
  headers: IncomingHttpHeaders,
  body: string,
  credentials: Readonly<Record<string, unknown>>,
  now: number,
): Promise<CallbackReading> {
  const { verifyWebhook } = await import('push-core/providers');
  const secrets = [credentials.secret].flat().filter((one) => typeof one === 'string');
  const verdict = verifyWebhook(secrets, headers, body, now);
  if (verdict.kind === 'refused') {
    return { kind: 'refused', reason: verdict.reason.startsWith('too_') ? 'too_old' : 'signature' };
  }
  const told = readTold(body);
  if (!told) return { kind: 'refused', reason: 'unreadable' };
  const { id, reason = told.type, at } = told.data;
  return { kind: 'events', events: [{ kind: KINDS[told.type], reason, notificationId: id, providerIds: [id], at }] };
}

function readTold(body: string): Told | undefined {
  try {
    return check(JSON.parse(body));
  } catch (error) {
    if (error instanceof SyntaxError || isPushError(error)) return undefined;
    throw error;
  }
}
