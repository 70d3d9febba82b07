import { LIMITS } from './limits.js';
import type { JsonSchema } from './validate.js';

// Patterns are ECMAScript regular expressions with the u flag: Cc are control characters, Cs are halves of a pair.
const ID = { type: 'string', minLength: 1, maxLength: LIMITS.idLength } as const;

export const idSchema: JsonSchema = {
  ...ID,
  pattern: '^[^\\s\\p{Cc}\\p{Cs}]+$',
  description: '1–128 characters, no white space, no control characters',
};
export const topicSchema: JsonSchema = {
  ...ID,
  pattern: '^[^\\s\\p{Cc}\\p{Cs}@][^\\s\\p{Cc}\\p{Cs}]*$',
  description: '1–128 characters, no white space, no control characters, not starting with @',
};
export const idempotencyKeySchema: JsonSchema = {
  type: 'string',
  minLength: 1,
  maxLength: LIMITS.idempotencyKeyLength,
  pattern: '^[^\\p{Cc}\\p{Cs}]+$',
  description: '1–128 characters, no control characters',
};

const strictObject = (properties: Record<string, JsonSchema>, required: readonly string[] = []): JsonSchema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const list = (items: JsonSchema, maxItems: number): JsonSchema => ({ type: 'array', items, maxItems });
const text = (maxLength: number): JsonSchema => ({ type: 'string', maxLength });

const deviceName = strictObject({ user: idSchema, device: idSchema }, ['user', 'device']);

const audienceSchema = strictObject({
  users: list(idSchema, LIMITS.audienceUsers),
  topics: list(topicSchema, LIMITS.audienceTopics),
  devices: list(deviceName, LIMITS.audienceDevices),
  all: { type: 'boolean' },
  except: strictObject({
    users: list(idSchema, LIMITS.exceptions),
    devices: list(deviceName, LIMITS.exceptions),
  }),
});

const notificationSchema = strictObject({
  title: text(1024),
  body: text(4096),
  image: { type: 'string', maxLength: 2048, pattern: '^https://', description: 'an https URL' },
  badge: { anyOf: [{ const: 'auto' }, { type: 'integer', minimum: 0 }], description: '"auto" or a whole number' },
  sound: text(128),
  category: text(128),
  mentions: list(idSchema, 100),
  template: { type: 'string', pattern: '^[\\w.-]{1,122}$', description: 'the name of a template of the tenant' },
  values: {
    type: 'object',
    maxProperties: 50,
    propertyNames: { pattern: '^[\\w.-]{1,64}$' },
    additionalProperties: { anyOf: [text(1024), { type: 'number' }], description: 'a text or a number' },
  },
});

const optionsSchema = strictObject({
  ttl: { type: 'integer', minimum: 1, maximum: LIMITS.ttlSeconds, description: 'seconds, 30 days at most' },
  priority: { enum: ['high', 'normal'] },
  collapseKey: { type: 'string', minLength: 1, maxLength: 64 },
  sendAt: { type: 'integer', minimum: 0, description: 'Unix milliseconds' },
  volatile: { type: 'boolean' },
  offline: strictObject({
    mode: { enum: ['fallback', 'always', 'never'] },
    waitMs: { type: 'integer', minimum: 0, maximum: 24 * 3600 * 1000 },
  }),
});

const publishProperties: Record<string, JsonSchema> = {
  to: audienceSchema,
  type: {
    type: 'string',
    minLength: 1,
    maxLength: LIMITS.typeLength,
    pattern: '^[^\\s\\p{Cc}\\p{Cs}]+$',
    description: '1–128 characters, no white space',
  },
  thread: idSchema,
  data: { description: 'Any JSON, 64 KiB at most' },
  notification: notificationSchema,
  options: optionsSchema,
};

export const publishSchema: JsonSchema = strictObject(publishProperties, ['to', 'type']);
/** A publish inside a batch. */
export const batchItemSchema: JsonSchema = strictObject(
  { ...publishProperties, idempotencyKey: idempotencyKeySchema },
  ['to', 'type'],
);

export const deviceRegistrationSchema: JsonSchema = strictObject(
  {
    platform: { type: 'string', minLength: 1, maxLength: 64 },
    tokens: list(
      strictObject(
        {
          provider: { type: 'string', minLength: 1, maxLength: 32 },
          token: {
            anyOf: [
              { type: 'string', minLength: 1, maxLength: 4096 },
              { type: 'object', minProperties: 1 },
            ],
          },
          environment: { enum: ['production', 'sandbox'] },
          topic: { type: 'string', minLength: 1, maxLength: 256 },
        },
        ['provider', 'token'],
      ),
      LIMITS.tokensPerDevice,
    ),
    locale: { type: 'string', minLength: 1, maxLength: 64 },
    timeZone: { type: 'string', minLength: 1, maxLength: 64 },
    appVersion: { type: 'string', minLength: 1, maxLength: 64 },
  },
  ['platform'],
);

const position = strictObject(
  { epoch: { type: 'string', minLength: 1, maxLength: 64 }, seq: { type: 'integer', minimum: 0 } },
  ['epoch', 'seq'],
);
const resumePoint: JsonSchema = { anyOf: [{ const: 'start' }, position], description: '"start" or {epoch, seq}' };
const frameId: JsonSchema = { type: 'integer', minimum: 0 };
/** Nobody names a user's stream but as their own: behind any other `@` could be somebody else's. */
const streamName: JsonSchema = {
  ...ID,
  pattern: '^(?:@me|@all|[^\\s\\p{Cc}\\p{Cs}@][^\\s\\p{Cc}\\p{Cs}]*)$',
  description: '@me, @all or a topic',
};

/** What an acknowledgement or a read mark names. */
export const positionSchema: JsonSchema = strictObject(
  { s: streamName, seq: { type: 'integer', minimum: 0 }, thread: idSchema },
  ['s', 'seq'],
);

/** What a client may send, by `op`. */
export const clientFrameSchemas: Readonly<Record<string, JsonSchema>> = {
  connect: strictObject(
    {
      op: { const: 'connect' },
      token: { type: 'string', minLength: 1, maxLength: 8192 },
      device: idSchema,
      resume: {
        type: 'object',
        maxProperties: 1000,
        propertyNames: idSchema,
        additionalProperties: resumePoint,
      },
      window: { type: 'integer', minimum: 1, maximum: LIMITS.windowEntries },
    },
    ['op'],
  ),
  ack: strictObject({ op: { const: 'ack' }, s: streamName, seq: { type: 'integer', minimum: 0 } }, ['op', 's', 'seq']),
  read: strictObject({ op: { const: 'read' }, s: streamName, seq: { type: 'integer', minimum: 0 }, thread: idSchema }, [
    'op',
    's',
    'seq',
  ]),
  follow: strictObject({ op: { const: 'follow' }, s: topicSchema, id: frameId, resume: resumePoint }, ['op', 's']),
  unfollow: strictObject({ op: { const: 'unfollow' }, s: topicSchema, id: frameId }, ['op', 's']),
  ping: strictObject({ op: { const: 'ping' } }, ['op']),
};
