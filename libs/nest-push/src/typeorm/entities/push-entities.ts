import type { EntitySchema, EntitySchemaColumnOptions, EntitySchemaOptions } from 'typeorm';
import { tableNames } from '../table-names.js';

type Columns = Record<string, EntitySchemaColumnOptions>;

/**
 * The tables as entities, for the host's reading: put them into your DataSource's `entities` and query them by the
 * names `PushMessage`, `PushEntry` and so on. Writing is the store's business; `synchronize` leaves them alone. Settings
 * are not among them: they hold credentials.
 */
export function pushEntities(tablePrefix?: string): EntitySchema[] {
  const t = tableNames(tablePrefix);
  return [
    entity('PushMessage', t.message, key('tenant', 'id'), {
      type: { type: 'text' },
      thread: optional('text'),
      data: optional('text'),
      audience: { type: 'simple-json' },
      notification: optional('simple-json'),
      options: { type: 'simple-json' },
      acceptedAt: { ...integer, name: 'accepted_at' },
      expiresAt: { ...integer, name: 'expires_at' },
      dueAt: { ...optional('integer'), name: 'due_at' },
      heldUntil: { ...optional('integer'), name: 'held_until' },
      recalledAt: { ...optional('integer'), name: 'recalled_at' },
    }),
    entity('PushEntry', t.entry, key('tenant', 'stream'), {
      seq: { ...integer, primary: true },
      messageId: { type: 'text', name: 'message_id' },
      thread: optional('text'),
      joinedAt: { ...integer, name: 'joined_at' },
      filter: optional('simple-json'),
    }),
    entity('PushStream', t.stream, key('tenant', 'stream'), {
      head: integer,
      first: integer,
    }),
    entity('PushCursor', t.cursor, key('tenant', 'stream', 'user', 'device'), {
      epoch: { type: 'text' },
      seq: integer,
      began: integer,
    }),
    entity('PushDevice', t.device, key('tenant', 'user', 'device'), {
      platform: { type: 'text' },
      tokens: { type: 'simple-json' },
      locale: optional('text'),
      timeZone: { ...optional('text'), name: 'time_zone' },
      appVersion: { ...optional('text'), name: 'app_version' },
      registeredAt: { ...integer, name: 'registered_at' },
      updatedAt: { ...integer, name: 'updated_at' },
    }),
    entity('PushSubscription', t.subscription, key('tenant', 'topic', 'user'), {
      since: integer,
      subscribedAt: { ...integer, name: 'subscribed_at' },
    }),
    entity('PushReadMark', t.readMark, key('tenant', 'stream', 'thread', 'user'), {
      epoch: { type: 'text' },
      seq: integer,
      at: integer,
    }),
    entity('PushPresence', t.presence, key('tenant', 'user', 'device'), {
      connection: { type: 'text' },
      node: { type: 'text' },
      transport: { type: 'text' },
      at: integer,
      onlineUntil: { ...optional('integer'), name: 'online_until' },
    }),
    entity('PushNode', t.node, key('node'), {
      renewedAt: { ...integer, name: 'renewed_at' },
      until: integer,
    }),
    entity('PushJob', t.job, key('tenant', 'id', 'kind'), {
      payload: { type: 'simple-json' },
      position: integer,
      size: integer,
      dueAt: { ...integer, name: 'due_at' },
      owner: optional('text'),
      leaseUntil: { ...optional('integer'), name: 'lease_until' },
      attempts: integer,
      reason: optional('text'),
      diedAt: { ...optional('integer'), name: 'died_at' },
    }),
    entity('PushNotification', t.notification, key('tenant', 'message_id', 'user', 'device'), {
      state: { type: 'text' },
      dueAt: { ...integer, name: 'due_at' },
      attempts: integer,
      unknownAttempts: { ...integer, name: 'unknown_attempts' },
      owner: optional('text'),
      provider: optional('text'),
      notificationId: { type: 'text', name: 'notification_id' },
      providerId: { ...optional('text'), name: 'provider_id' },
      reason: optional('text'),
      stream: { type: 'text' },
      seq: integer,
      thread: optional('text'),
      createdAt: { ...integer, name: 'created_at' },
      updatedAt: { ...integer, name: 'updated_at' },
      shownAt: { ...optional('integer'), name: 'shown_at' },
      openedAt: { ...optional('integer'), name: 'opened_at' },
      retractedAt: { ...optional('integer'), name: 'retracted_at' },
      covers: integer,
    }),
    entity('PushPreference', t.preference, key('tenant', 'user'), {
      preferences: { type: 'simple-json' },
      updatedAt: { ...integer, name: 'updated_at' },
    }),
    entity('PushToken', t.token, key('tenant', 'digest'), {
      user: { type: 'text' },
      device: { type: 'text' },
      registeredAt: { ...integer, name: 'registered_at' },
    }),
    entity('PushRevocation', t.revocation, key('tenant', 'user'), {
      at: integer,
    }),
  ];
}

const key = (...names: string[]): Columns =>
  Object.fromEntries(names.map((name) => [camelCased(name), { type: 'text', primary: true, name }]));

const camelCased = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Some drivers answer a large integer as text. */
const integer: EntitySchemaColumnOptions = {
  type: 'integer',
  transformer: {
    from: (value: unknown) => (typeof value === 'string' ? Number(value) : value),
    to: (value: unknown) => value,
  },
};

const optional = (type: 'text' | 'integer' | 'simple-json'): EntitySchemaColumnOptions =>
  type === 'integer' ? { ...integer, nullable: true } : { type, nullable: true };

/**
 * TypeORM knows a schema by its brand, not by its class. So is this file free of importing TypeORM, and a host with
 * two copies of it is served as well.
 */
function entity(name: string, tableName: string, keys: Columns, columns: Columns): EntitySchema {
  const options: EntitySchemaOptions<unknown> = {
    name,
    tableName,
    synchronize: false,
    columns: { ...keys, ...columns },
  };
  return { '@instanceof': Symbol.for('EntitySchema'), options };
}
