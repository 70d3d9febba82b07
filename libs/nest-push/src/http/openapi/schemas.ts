import {
  batchItemSchema,
  deviceRegistrationSchema,
  ERRORS,
  idSchema,
  policySettingsSchema,
  preferencesSchema,
  publishSchema,
  topicSchema,
  type JsonSchema,
} from 'push-core';
import { MAX_TTL, tokenRequestSchema } from '../../auth/token-request.js';

/** An answer; it may grow, so it is not closed as a request is. */
export const answer = (properties: Record<string, JsonSchema>, optional: readonly string[] = []): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});
export const listOf = (items: JsonSchema): JsonSchema => ({ type: 'array', items });

export const text: JsonSchema = { type: 'string' };
export const count: JsonSchema = { type: 'integer', minimum: 0 };
export const time: JsonSchema = { type: 'integer', description: 'Unix milliseconds' };
export const anything: JsonSchema = { description: 'any JSON' };

export const problemSchema = answer(
  {
    type: text,
    title: text,
    status: count,
    detail: text,
    code: { enum: Object.keys(ERRORS) },
    retryable: { type: 'boolean' },
    field: { ...text, description: 'a path in the body, or the name of a parameter or header' },
  },
  ['field'],
);

export const publishResultSchema = answer({ id: text, acceptedAt: time, duplicate: { type: 'boolean' } });

export const recallResultSchema = answer({ id: text, state: { enum: ['cancelled', 'recalled'] } });

export const messageReportSchema = answer(
  {
    id: text,
    type: text,
    thread: text,
    data: anything,
    to: { type: 'object' },
    notification: { type: 'object' },
    options: { type: 'object' },
    acceptedAt: time,
    expiresAt: time,
    dueAt: time,
    recalledAt: time,
    state: { enum: ['scheduled', 'stored', 'delivered', 'expired', 'recalled'] },
    counts: answer({
      recipients: count,
      delivered: count,
      notified: count,
      read: count,
      failed: count,
      expired: count,
    }),
    fanOut: answer({ done: count, total: count }),
    notifying: answer({ done: count, waiting: count }),
  },
  ['thread', 'data', 'notification', 'dueAt', 'recalledAt', 'fanOut', 'notifying'],
);

export const explanationSchema = answer({
  id: text,
  user: text,
  outcome: { ...text, description: 'the last word, for example delivered, notified, suppressed' },
  steps: listOf(
    answer(
      {
        at: { ...time, description: 'Unix milliseconds; absent where it is a state and not an event' },
        what: text,
        reason: { ...text, description: 'a code of docs/notifications.md' },
        device: text,
        provider: text,
        attempts: count,
        text: { ...text, description: 'the step in words' },
      },
      ['at', 'reason', 'device', 'provider', 'attempts'],
    ),
  ),
});

export const providerStateSchema = answer(
  {
    provider: text,
    fingerprint: { ...text, description: 'of the credentials, which are never shown' },
    updatedAt: time,
    breaker: {
      enum: ['closed', 'open', 'probing'],
      description: 'as this node sees it; open: not asked for the moment',
    },
    reason: text,
  },
  ['reason'],
);

export const inboxSchema = answer({
  epoch: text,
  head: count,
  first: count,
  entries: listOf(
    answer({ seq: count, id: text, type: text, thread: text, data: anything, at: time }, ['thread', 'data']),
  ),
  unread: answer({ total: count, threads: { type: 'object', additionalProperties: count } }),
});

const providerToken = answer({ provider: text, token: anything, environment: text, topic: text }, [
  'environment',
  'topic',
]);
export const deviceSchema = answer(
  {
    user: text,
    device: text,
    platform: text,
    tokens: listOf(providerToken),
    locale: text,
    timeZone: text,
    appVersion: text,
    registeredAt: time,
    updatedAt: time,
  },
  ['locale', 'timeZone', 'appVersion'],
);

export const presenceSchema = answer(
  {
    user: text,
    online: { type: 'boolean' },
    lastSeenAt: { ...time, description: 'Unix milliseconds; absent for a user never seen' },
    devices: listOf(
      answer({ device: text, online: { type: 'boolean' }, transport: text, node: text, lastSeenAt: time }),
    ),
  },
  ['lastSeenAt'],
);

export const tokenBodySchema = tokenRequestSchema(MAX_TTL);

/** Those that appear under a name in the document. */
export const namedSchemas: Readonly<Record<string, JsonSchema>> = {
  Id: idSchema,
  Topic: topicSchema,
  Publish: publishSchema,
  BatchItem: batchItemSchema,
  DeviceRegistration: deviceRegistrationSchema,
  TokenRequest: tokenBodySchema,
  Problem: problemSchema,
  PublishResult: publishResultSchema,
  MessageReport: messageReportSchema,
  RecallResult: recallResultSchema,
  Inbox: inboxSchema,
  Device: deviceSchema,
  Presence: presenceSchema,
  Explanation: explanationSchema,
  ProviderState: providerStateSchema,
  Policy: policySettingsSchema,
  Preferences: preferencesSchema,
};
