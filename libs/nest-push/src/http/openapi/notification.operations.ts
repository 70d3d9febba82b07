import { idSchema, type JsonSchema } from 'push-core';
import type { Operation } from '../operation.js';
import { answer, count, listOf, text, time } from './schemas.js';

const tag = 'notifications';
/** Dead ones in one answer, and in one replay by name. */
export const DEAD_PAGE = 100;
const DEAD_MOST = 500;
/** A vendor tells of a thousand tokens at once at most. */
const CALLBACK_BYTES = 512 * 1024;

const strict = (properties: Record<string, JsonSchema>, required: readonly string[]): JsonSchema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

const deadSchema = answer(
  {
    id: { ...text, description: 'of the message' },
    user: text,
    device: text,
    notificationId: text,
    provider: text,
    reason: { ...text, description: 'a code of docs/notifications.md' },
    attempts: count,
    createdAt: time,
    diedAt: time,
  },
  ['provider', 'reason'],
);

export const deadOperation: Operation = {
  id: 'deadNotifications',
  method: 'GET',
  path: '/v1/notifications/dead',
  tag,
  summary: 'Notifications tried in vain, those that died last first',
  access: 'read',
  query: { after: { type: 'integer', minimum: 0 }, limit: { type: 'integer', minimum: 1, maximum: DEAD_MOST } },
  answer: {
    status: 200,
    description: '`next`: there may be more, ask with it as `after`',
    schema: answer({ notifications: listOf(deadSchema), next: count }, ['next']),
  },
  errors: ['NOT_SUPPORTED', 'STORE_UNAVAILABLE'],
};

export const replayDeadOperation: Operation = {
  id: 'replayDeadNotifications',
  method: 'POST',
  path: '/v1/notifications/dead/replay',
  tag,
  summary: 'Try dead notifications again, as if for the first time: those named, or up to 1000 of the tenant',
  access: 'publish',
  body: {
    optional: true,
    schema: strict(
      {
        notifications: {
          type: 'array',
          minItems: 1,
          maxItems: DEAD_MOST,
          items: strict({ id: idSchema, user: idSchema, device: idSchema }, ['id', 'user', 'device']),
        },
      },
      [],
    ),
  },
  answer: { status: 200, description: 'How many', schema: answer({ replayed: count }) },
  errors: ['NOT_SUPPORTED', 'STORE_UNAVAILABLE', 'STORE_FULL'],
};

export const purgeDeadOperation: Operation = {
  id: 'purgeDeadNotifications',
  method: 'DELETE',
  path: '/v1/notifications/dead',
  tag,
  summary: 'Forget dead notifications: all of the tenant, or the one that is named',
  access: 'publish',
  query: { id: idSchema, user: idSchema, device: idSchema },
  answer: { status: 200, description: 'How many', schema: answer({ purged: count }) },
  errors: ['NOT_SUPPORTED', 'STORE_UNAVAILABLE'],
};

export const callbackOperation: Operation = {
  id: 'callback',
  method: 'POST',
  path: '/v1/callbacks/{tenant}/{provider}',
  tag,
  summary:
    'Where a provider tells what became of notifications: shown, opened, token dead. A repeated one does no harm',
  access: 'signed',
  body: { raw: true, limitBytes: CALLBACK_BYTES },
  answer: { status: 200, description: 'Taken', schema: answer({ code: text, message: text }) },
  errors: ['NOT_SUPPORTED', 'STORE_UNAVAILABLE'],
};

export const notificationOperations: readonly Operation[] = [
  deadOperation,
  replayDeadOperation,
  purgeDeadOperation,
  callbackOperation,
];
