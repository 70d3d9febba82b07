import type { EntitySchema, EntitySchemaColumnOptions, EntitySchemaOptions } from 'typeorm';
import { tableNames } from '../table-names.js';

type Columns = Record<string, EntitySchemaColumnOptions>;

/**
 * The tables as entities, for the host's reading: put them into your DataSource's `entities` and query them by the
 * names `PushMessage`, `PushEntry` and so on. Writing is the store's business; `synchronize` leaves them alone.
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
      acceptedAt: { type: 'integer', name: 'accepted_at' },
      expiresAt: { type: 'integer', name: 'expires_at' },
      dueAt: { ...optional('integer'), name: 'due_at' },
      heldUntil: { ...optional('integer'), name: 'held_until' },
      recalledAt: { ...optional('integer'), name: 'recalled_at' },
    }),
    entity('PushEntry', t.entry, key('tenant', 'stream'), {
      seq: { type: 'integer', primary: true },
      messageId: { type: 'text', name: 'message_id' },
      thread: optional('text'),
      joinedAt: { type: 'integer', name: 'joined_at' },
      filter: optional('simple-json'),
    }),
    entity('PushStream', t.stream, key('tenant', 'stream'), {
      head: { type: 'integer' },
      first: { type: 'integer' },
    }),
    entity('PushCursor', t.cursor, key('tenant', 'stream', 'user', 'device'), {
      epoch: { type: 'text' },
      seq: { type: 'integer' },
      began: { type: 'integer' },
    }),
    entity('PushDevice', t.device, key('tenant', 'user', 'device'), {
      platform: { type: 'text' },
      tokens: { type: 'simple-json' },
      locale: optional('text'),
      timeZone: { ...optional('text'), name: 'time_zone' },
      appVersion: { ...optional('text'), name: 'app_version' },
      registeredAt: { type: 'integer', name: 'registered_at' },
      updatedAt: { type: 'integer', name: 'updated_at' },
    }),
    entity('PushSubscription', t.subscription, key('tenant', 'topic', 'user'), {
      since: { type: 'integer' },
      subscribedAt: { type: 'integer', name: 'subscribed_at' },
    }),
    entity('PushReadMark', t.readMark, key('tenant', 'stream', 'thread', 'user'), {
      epoch: { type: 'text' },
      seq: { type: 'integer' },
      at: { type: 'integer' },
    }),
    entity('PushPresence', t.presence, key('tenant', 'user', 'device'), {
      connection: { type: 'text' },
      node: { type: 'text' },
      transport: { type: 'text' },
      at: { type: 'integer' },
      onlineUntil: { ...optional('integer'), name: 'online_until' },
    }),
    entity('PushNode', t.node, key('node'), {
      renewedAt: { type: 'integer', name: 'renewed_at' },
      until: { type: 'integer' },
    }),
    entity('PushRevocation', t.revocation, key('tenant', 'user'), {
      at: { type: 'integer' },
    }),
  ];
}

const key = (...names: string[]): Columns =>
  Object.fromEntries(names.map((name) => [name, { type: 'text', primary: true }]));

const optional = (type: 'text' | 'integer' | 'simple-json'): EntitySchemaColumnOptions => ({ type, nullable: true });

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
