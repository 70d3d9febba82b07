import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { TableNames } from '../table-names.js';

/**
 * The tables of version 1.
 *
 * Streams are walked by `(tenant, stream, seq)`, so entries lie in that order and carry what a filter or retention asks
 * (`thread`, `joined_at`) without a look at the message. `held_until` is set while a message is held; `oldest_at` is the
 * `joined_at` of a stream's oldest entry, null when it has none. What lies at or before `began` the device of a cursor
 * never acknowledged.
 */
export function sqliteInitial(names: TableNames): new () => MigrationInterface {
  const t = names;
  return class PushInitial1760000000000 implements MigrationInterface {
    readonly name = 'PushInitial1760000000000';

    async up(queryRunner: QueryRunner): Promise<void> {
      for (const statement of createTables(t)) await queryRunner.query(statement);
    }

    async down(queryRunner: QueryRunner): Promise<void> {
      const { migrations: _, ...tables } = t;
      for (const table of Object.values(tables)) await queryRunner.query(`DROP TABLE IF EXISTS "${table}"`);
    }
  };
}

const createTables = (t: TableNames): string[] => [
  `CREATE TABLE IF NOT EXISTS "${t.message}" (
    no INTEGER PRIMARY KEY, tenant TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, thread TEXT, data TEXT,
    audience TEXT NOT NULL, notification TEXT, options TEXT NOT NULL, accepted_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL, due_at INTEGER, held_until INTEGER, UNIQUE (tenant, id))`,
  `CREATE INDEX IF NOT EXISTS "${t.message}_held" ON "${t.message}" (held_until) WHERE held_until IS NOT NULL`,
  `CREATE TABLE IF NOT EXISTS "${t.entry}" (
    tenant TEXT NOT NULL, stream TEXT NOT NULL, seq INTEGER NOT NULL, message_id TEXT NOT NULL, thread TEXT,
    joined_at INTEGER NOT NULL, filter TEXT, PRIMARY KEY (tenant, stream, seq)) WITHOUT ROWID`,
  `CREATE INDEX IF NOT EXISTS "${t.entry}_message" ON "${t.entry}" (tenant, message_id)`,
  `CREATE TABLE IF NOT EXISTS "${t.stream}" (
    tenant TEXT NOT NULL, stream TEXT NOT NULL, head INTEGER NOT NULL, first INTEGER NOT NULL, oldest_at INTEGER,
    PRIMARY KEY (tenant, stream)) WITHOUT ROWID`,
  `CREATE INDEX IF NOT EXISTS "${t.stream}_oldest" ON "${t.stream}" (oldest_at) WHERE oldest_at IS NOT NULL`,
  `CREATE TABLE IF NOT EXISTS "${t.idempotency}" (
    tenant TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, message_id TEXT NOT NULL,
    accepted_at INTEGER NOT NULL, keep_until INTEGER NOT NULL, PRIMARY KEY (tenant, key)) WITHOUT ROWID`,
  `CREATE INDEX IF NOT EXISTS "${t.idempotency}_keep" ON "${t.idempotency}" (keep_until)`,
  `CREATE TABLE IF NOT EXISTS "${t.cursor}" (
    tenant TEXT NOT NULL, stream TEXT NOT NULL, user TEXT NOT NULL, device TEXT NOT NULL, epoch TEXT NOT NULL,
    seq INTEGER NOT NULL, began INTEGER NOT NULL, PRIMARY KEY (tenant, stream, user, device)) WITHOUT ROWID`,
  `CREATE INDEX IF NOT EXISTS "${t.cursor}_device" ON "${t.cursor}" (tenant, user, device)`,
  `CREATE TABLE IF NOT EXISTS "${t.device}" (
    tenant TEXT NOT NULL, user TEXT NOT NULL, device TEXT NOT NULL, platform TEXT NOT NULL, tokens TEXT NOT NULL,
    locale TEXT, time_zone TEXT, app_version TEXT, registered_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, user, device)) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS "${t.subscription}" (
    tenant TEXT NOT NULL, topic TEXT NOT NULL, user TEXT NOT NULL, since INTEGER NOT NULL,
    subscribed_at INTEGER NOT NULL, PRIMARY KEY (tenant, topic, user)) WITHOUT ROWID`,
  `CREATE INDEX IF NOT EXISTS "${t.subscription}_user" ON "${t.subscription}" (tenant, user)`,
  `CREATE TABLE IF NOT EXISTS "${t.follow}" (
    tenant TEXT NOT NULL, user TEXT NOT NULL, device TEXT NOT NULL, topic TEXT NOT NULL, following INTEGER NOT NULL,
    PRIMARY KEY (tenant, user, device, topic)) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS "${t.meta}" (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID`,
];
