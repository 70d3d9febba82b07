import { IsInt } from 'class-validator';
import fc from 'fast-check';
import {
  createValidator,
  deviceRegistrationSchema,
  positionSchema,
  preferences,
  publishSchema,
  type JsonSchema,
} from 'push-core';
import { MAX_TTL, tokenRequestSchema } from '../auth/token-request.js';
import type { HttpRequest } from '../http/metadata.js';
import { acknowledgeOperation, readOperation } from '../http/openapi/client.operations.js';
import { inboxOperation } from '../http/openapi/inbox.operations.js';
import { subscribeManyOperation } from '../http/openapi/topic.operations.js';
import { compileQuery } from '../http/request-check.js';
import * as dto from './index.js';
import { fieldOf } from './rules/fits.js';
import { IsStreamName } from './rules/texts.js';
import { agree, faultsOf, near, type DtoClass, type EngineCheck } from './verdict.fixture.js';

const schema = (one: unknown): EngineCheck => createValidator(one as JsonSchema, 'value');
const publish = (...path: string[]): EngineCheck => schema(fieldOf(publishSchema, ...path));
const itemsOf = (one: JsonSchema): JsonSchema => one.items as JsonSchema;
const bodyOf = (operation: { body?: unknown }): EngineCheck =>
  schema((operation.body as { schema: JsonSchema }).schema);
const query = compileQuery(inboxOperation);

const NOTIFICATION = {
  title: 'Ann',
  body: 'Hi!',
  image: 'https://example.com/a.png',
  badge: 'auto',
  sound: 'default',
  category: 'im',
  mentions: ['u1'],
  template: 'greet.v1',
  values: { name: 'Ann', count: 3 },
};
const OPTIONS = {
  ttl: 3600,
  priority: 'high',
  collapseKey: 'room-7',
  sendAt: 1790000000000,
  volatile: false,
  offline: { mode: 'fallback', waitMs: 3000 },
};
const DEVICE = { user: 'u1', device: 'd1' };
const EXCEPT = { users: ['u9'], devices: [DEVICE] };
const AUDIENCE = { users: ['u1', 'u2'], topics: ['news'], devices: [DEVICE], all: false, except: EXCEPT };
const PUBLISH = { to: AUDIENCE, type: 'chat.message', thread: 'room-7', data: { any: ['JSON', null, { x: 1 }] } };
const TOKENS = [
  { provider: 'apns', token: 'ab12', environment: 'sandbox', topic: 'com.example' },
  { provider: 'webpush', token: { endpoint: 'https://x', keys: { p256dh: 'p', auth: 'a' } } },
];
const REGISTRATION = { platform: 'ios', tokens: TOKENS, locale: 'en', timeZone: 'Asia/Shanghai', appVersion: '1.0' };
const PREFERENCES = {
  mutedThreads: { 'room-7': 0, 'room-8': 1790000000000 },
  mutedCategories: { 'any name': 0 },
  quietHours: { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin', days: [1, 7] },
};

/** A class, what the engine judges the same by, a good value, and some that are bad or just good. */
const TABLE: [string, DtoClass, EngineCheck, object, object[]][] = [
  [
    'PublishDto',
    dto.PublishDto,
    schema(publishSchema),
    { ...PUBLISH, notification: NOTIFICATION, options: OPTIONS },
    [
      ...[{}, { to: {} }, { type: 'x' }, { to: {}, type: 'x' }, { to: [], type: 'x' }, { to: null, type: 'x' }],
      ...[
        { ...PUBLISH, data: null },
        { ...PUBLISH, data: { constructor: 1, toString: 2 } },
        { ...PUBLISH, data: 'x' },
      ],
      ...[
        { ...PUBLISH, thread: null },
        { ...PUBLISH, thread: 'a b' },
        { ...PUBLISH, type: '@me' },
      ],
      ...[
        { ...PUBLISH, idempotencyKey: 'k' },
        { ...PUBLISH, notification: null },
        { ...PUBLISH, options: [] },
      ],
    ],
  ],
  [
    'AudienceDto',
    dto.AudienceDto,
    publish('to'),
    AUDIENCE,
    [
      ...[{ users: [] }, { users: 'u1' }, { users: [1] }, { users: [['u1']] }, { users: null }, { users: { 0: 'u1' } }],
      ...[{ topics: ['@me'] }, { topics: ['news.*'] }, { topics: Array(101).fill('t') }, { all: 'true' }, { all: 1 }],
      ...[{ devices: [null] }, { devices: [[DEVICE]] }, { devices: DEVICE }, { devices: [{ user: 'u1' }] }],
      ...[{ except: {} }, { except: [] }, { except: { users: ['a b'] } }, { except: { topics: [] } }],
    ],
  ],
  ['ExceptionsDto', dto.ExceptionsDto, publish('to', 'except'), EXCEPT, [{}, { devices: Array(1001).fill(DEVICE) }]],
  [
    'DeviceRefDto',
    dto.DeviceRefDto,
    schema(itemsOf(fieldOf(publishSchema, 'to', 'devices'))),
    DEVICE,
    [{ user: 'u1' }, { user: '😀'.repeat(128), device: 'd' }, { user: '😀'.repeat(129), device: 'd' }],
  ],
  [
    'NotificationDto',
    dto.NotificationDto,
    publish('notification'),
    NOTIFICATION,
    [
      ...[{}, { badge: 0 }, { badge: -1 }, { badge: 'no' }, { badge: 1.5 }, { badge: null }, { values: {} }],
      ...[
        { title: '\ufe0f'.repeat(1025) },
        { title: '\ufe0f'.repeat(1024) },
        { title: 7 },
        { body: '😀'.repeat(4096) },
      ],
      ...[{ values: { a: null } }, { values: [] }, { values: { constructor: 'x' } }, { values: { 'a b': 1 } }],
      ...[{ image: 'http://x' }, { image: `https://${'x'.repeat(2041)}` }, { template: '' }, { template: 'a b' }],
    ],
  ],
  [
    'PublishOptionsDto',
    dto.PublishOptionsDto,
    publish('options'),
    OPTIONS,
    [
      ...[{}, { ttl: 0 }, { ttl: 2592000 }, { ttl: 2592001 }, { ttl: '5' }, { ttl: null }, { collapseKey: '' }],
      ...[
        { priority: 'low' },
        { priority: ['high'] },
        { volatile: 0 },
        { sendAt: -1 },
        { offline: null },
        { offline: {} },
      ],
    ],
  ],
  [
    'OfflineOptionsDto',
    dto.OfflineOptionsDto,
    publish('options', 'offline'),
    OPTIONS.offline,
    [{}, { mode: 'sometimes' }, { waitMs: 86_400_001 }, { waitMs: 0 }],
  ],
  [
    'DeviceDto',
    dto.DeviceDto,
    schema(deviceRegistrationSchema),
    REGISTRATION,
    [
      ...[
        {},
        { platform: 'ios' },
        { platform: '' },
        { platform: 'ios', tokens: null },
        { platform: 'ios', tokens: {} },
      ],
      { platform: 'ios', tokens: Array(17).fill(TOKENS[0]) },
    ],
  ],
  [
    'ProviderTokenDto',
    dto.ProviderTokenDto,
    schema(itemsOf(fieldOf(deviceRegistrationSchema, 'tokens'))),
    TOKENS[0] as object,
    [
      ...[{ provider: 'x', token: {} }, { provider: 'x', token: [] }, { provider: 'x', token: ['a'] }, { token: 'a' }],
      ...[
        { provider: 'x', token: { constructor: 1 } },
        { provider: 'x', token: '' },
        { provider: 'x', token: 7 },
      ],
    ],
  ],
  [
    'AckDto',
    dto.AckDto,
    bodyOf(acknowledgeOperation),
    { s: '@me', seq: 42 },
    [
      { s: '@you', seq: 1 },
      { s: '@all', seq: 0 },
      { s: 'news', seq: -1 },
      { s: 'news' },
      { s: 'news', seq: 1, thread: 't' },
    ],
  ],
  ['ReadDto', dto.ReadDto, bodyOf(readOperation), { s: '@me', seq: 42, thread: 'room-7' }, [{ s: '@me', seq: 1 }]],
  ['ReadDto, as a frame', dto.ReadDto, schema(positionSchema), { s: 'news', seq: 42, thread: 'room-7' }, [{ s: '@' }]],
  [
    'PreferencesDto',
    dto.PreferencesDto,
    preferences,
    PREFERENCES,
    [
      ...[{}, { mutedThreads: { 'a b': 0 } }, { mutedThreads: { a: -1 } }, { mutedThreads: [] }, { quietHours: {} }],
      ...[{ mutedThreads: { constructor: 0 } }, { quietHours: { from: '22:00' } }, { mutedCategories: { '': 0 } }],
      ...[[], [8], [1, 1], [1.5], 1, ['1'], null].map((days) => ({ quietHours: { from: '22:00', to: '07:00', days } })),
      ...['Mars/Olympus', 'UTC', '', null].map((timeZone) => ({
        quietHours: { from: '22:00', to: '07:00', timeZone },
      })),
    ],
  ],
  [
    'QuietHoursDto',
    dto.QuietHoursDto,
    (quietHours) => preferences({ quietHours }),
    PREFERENCES.quietHours,
    [
      { from: '24:00', to: '07:00' },
      { from: '22:00\n', to: '07:00' },
    ],
  ],
  [
    'TokenRequestDto',
    dto.TokenRequestDto,
    schema(tokenRequestSchema(MAX_TTL)),
    { user: 'u1', device: 'd1', ttl: 3600, topics: ['news.*'] },
    [{}, { user: 'u1' }, { user: 'u1', ttl: MAX_TTL + 1 }, { user: 'u1', topics: ['@me'] }],
  ],
  [
    'InboxQueryDto',
    dto.InboxQueryDto,
    (one) => query({ query: one } as unknown as HttpRequest),
    { after: '5', limit: '10', thread: 'room-7' },
    [
      ...[{}, { after: '-1' }, { after: '0' }, { after: '1.5' }, { after: ' 1' }, { after: '' }, { limit: '0' }],
      ...[
        { limit: '500' },
        { limit: '501' },
        { limit: 20 },
        { after: '9'.repeat(16) },
        { after: ['1'] },
        { limit: true },
      ],
    ],
  ],
  [
    'SubscribersDto',
    dto.SubscribersDto,
    bodyOf(subscribeManyOperation),
    { users: ['u1', 'u2'] },
    [{}, { users: [] }, { users: Array(1000).fill('u') }, { users: Array(1001).fill('u') }, { users: 'u1' }],
  ],
];

describe('a DTO and the engine are of one mind', () => {
  it.each(TABLE)('%s', async (_, type, check, good, others) => {
    expect(await faultsOf(type, good)).toEqual([]);
    for (const value of [good, ...others]) await agree(type, check, value);
    for (const key of Object.keys(good)) {
      for (const odd of [null, 0, '', [], {}, true, 'a b', '@']) await agree(type, check, { ...good, [key]: odd });
      await agree(type, check, { ...good, [`${key}s2`]: 1 });
    }
  });

  it.each(TABLE)('%s, about whatever is near a good value', async (_, type, check, good) => {
    await fc.assert(
      fc.asyncProperty(near(good), (value) => agree(type, check, value)),
      { numRuns: 150 },
    );
  });

  it('all of them are in the table', () => {
    const classes = new Set(TABLE.map(([, type]) => type));
    expect(Object.values(dto).filter((one) => !classes.has(one))).toEqual([]);
  });

  it('a rule that is too lax would be found', async () => {
    class Lax {
      @IsStreamName()
      s!: string;
      @IsInt()
      seq!: number;
    }
    const property = fc.asyncProperty(near({ s: '@me', seq: 42 }), (one) =>
      agree(Lax, bodyOf(acknowledgeOperation), one),
    );
    const { failed, errorInstance } = await fc.check(property, { numRuns: 2000 });
    expect([failed, String(errorInstance)]).toEqual([true, expect.stringContaining('The engine says')]);
  });
});
