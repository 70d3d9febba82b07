import type { MigrationInterface, QueryRunner } from 'typeorm';
import { adoptTokens } from '../migrations/adopt-tokens.js';
import type { TableNames } from '../table-names.js';

/**
 * Version 4: notifications, settings, preferences, and whose a token is. It only adds, so a program of version 3 goes on
 * working on such a file.
 *
 * A notification's `device` is `''` where it is about the user as a whole; `due_at` is when it is to be looked at again,
 * of one that is `sending` by somebody else. A token is known by its digest; the devices that are there already keep
 * theirs. A message is spared when retention has removed its entries, but not it, since a job is about it.
 */
export function sqliteOffline(names: TableNames): new () => MigrationInterface {
  const t = names;
  return class PushOffline1760000000003 implements MigrationInterface {
    readonly name = 'PushOffline1760000000003';

    async up(queryRunner: QueryRunner): Promise<void> {
      for (const statement of createTables(t)) await queryRunner.query(statement);
      await adoptTokens(queryRunner, {
        devices: `SELECT tenant, user, device, tokens, updated_at FROM "${t.device}"
          WHERE (tenant, user, device) > (?, ?, ?) ORDER BY tenant, user, device LIMIT ?`,
        adopt: `INSERT INTO "${t.token}" (tenant, digest, user, device, registered_at) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (tenant, digest) DO UPDATE SET user = excluded.user, device = excluded.device,
            registered_at = excluded.registered_at WHERE registered_at < excluded.registered_at`,
      });
    }

    async down(queryRunner: QueryRunner): Promise<void> {
      for (const table of [t.notification, t.setting, t.preference, t.token, t.spared])
        await queryRunner.query(`DROP TABLE IF EXISTS "${table}"`);
    }
  };
}

const createTables = (t: TableNames): string[] => [
  `CREATE TABLE "${t.notification}" (
    no INTEGER PRIMARY KEY, tenant TEXT NOT NULL, message_id TEXT NOT NULL, user TEXT NOT NULL, device TEXT NOT NULL,
    state TEXT NOT NULL, due_at INTEGER NOT NULL, attempts INTEGER NOT NULL, unknown_attempts INTEGER NOT NULL,
    owner TEXT, provider TEXT, notification_id TEXT NOT NULL, provider_id TEXT, reason TEXT, stream TEXT NOT NULL,
    seq INTEGER NOT NULL, thread TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, shown_at INTEGER,
    opened_at INTEGER, retracted_at INTEGER, covers INTEGER NOT NULL, UNIQUE (tenant, message_id, user, device))`,
  `CREATE INDEX "${t.notification}_due" ON "${t.notification}" (tenant, due_at, created_at)
    WHERE state IN ('waiting', 'sending')`,
  `CREATE INDEX "${t.notification}_outstanding" ON "${t.notification}" (tenant, user, created_at)
    WHERE state = 'accepted' AND retracted_at IS NULL`,
  `CREATE INDEX "${t.notification}_sent" ON "${t.notification}" (tenant, user, device, provider, updated_at)
    WHERE state = 'accepted'`,
  `CREATE INDEX "${t.notification}_recent" ON "${t.notification}" (tenant, user, thread, created_at)
    WHERE state IN ('accepted', 'sending')`,
  `CREATE INDEX "${t.notification}_provider" ON "${t.notification}" (tenant, provider, provider_id)
    WHERE provider_id IS NOT NULL`,
  `CREATE INDEX "${t.notification}_named" ON "${t.notification}" (notification_id)
    WHERE provider IS NOT NULL`,
  `CREATE INDEX "${t.notification}_dead" ON "${t.notification}" (tenant, updated_at DESC, message_id, user, device)
    WHERE state = 'dead'`,
  `CREATE INDEX "${t.notification}_over" ON "${t.notification}" (updated_at)
    WHERE state NOT IN ('waiting', 'sending')`,
  `CREATE TABLE "${t.setting}" (
    tenant TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, version INTEGER NOT NULL,
    updated_at INTEGER NOT NULL, PRIMARY KEY (tenant, name)) WITHOUT ROWID`,
  `CREATE TABLE "${t.preference}" (
    tenant TEXT NOT NULL, user TEXT NOT NULL, preferences TEXT NOT NULL, updated_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, user)) WITHOUT ROWID`,
  `CREATE TABLE "${t.token}" (
    tenant TEXT NOT NULL, digest TEXT NOT NULL, user TEXT NOT NULL, device TEXT NOT NULL,
    registered_at INTEGER NOT NULL, PRIMARY KEY (tenant, digest)) WITHOUT ROWID`,
  `CREATE INDEX "${t.token}_device" ON "${t.token}" (tenant, user, device)`,
  `CREATE TABLE "${t.spared}" (
    tenant TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (tenant, id)) WITHOUT ROWID`,
  `CREATE INDEX "${t.spared}_at" ON "${t.spared}" (at)`,
];
