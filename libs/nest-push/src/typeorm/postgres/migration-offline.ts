import type { MigrationInterface, QueryRunner } from 'typeorm';
import { adoptTokens } from '../migrations/adopt-tokens.js';
import type { TableNames } from '../table-names.js';

/** Version 2: notifications, settings, preferences, and whose a token is. It only adds. See the SQLite one. */
export function postgresOffline(names: TableNames): new () => MigrationInterface {
  const t = names;
  return class PushOffline1760000000001 implements MigrationInterface {
    readonly name = 'PushOffline1760000000001';

    async up(queryRunner: QueryRunner): Promise<void> {
      for (const statement of createTables(t)) await queryRunner.query(statement);
      await adoptTokens(queryRunner, {
        devices: `SELECT tenant, "user", device, tokens, updated_at FROM "${t.device}"
          WHERE (tenant, "user", device) > ($1, $2, $3) ORDER BY tenant, "user", device LIMIT $4`,
        adopt: `INSERT INTO "${t.token}" AS k (tenant, digest, "user", device, registered_at) VALUES ($1, $2, $3, $4, $5)
          ON CONFLICT (tenant, digest) DO UPDATE SET "user" = excluded."user", device = excluded.device,
            registered_at = excluded.registered_at WHERE k.registered_at < excluded.registered_at`,
      });
    }

    async down(queryRunner: QueryRunner): Promise<void> {
      for (const table of [t.notification, t.setting, t.preference, t.token, t.spared])
        await queryRunner.query(`DROP TABLE IF EXISTS "${table}"`);
    }
  };
}

const ID = 'text COLLATE "C" NOT NULL';

/** Rows that change in place: early sweeps, and room for the new version of a row on its page. */
const CHANGING = 'WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05)';

const createTables = (t: TableNames): string[] => [
  `CREATE TABLE "${t.notification}" (
    tenant ${ID}, message_id ${ID}, "user" ${ID}, device ${ID}, state text NOT NULL, due_at int8 NOT NULL,
    attempts int4 NOT NULL, unknown_attempts int4 NOT NULL, owner text, provider text COLLATE "C",
    notification_id ${ID}, provider_id text COLLATE "C", reason text, stream ${ID}, seq int8 NOT NULL,
    thread text COLLATE "C", created_at int8 NOT NULL, updated_at int8 NOT NULL, shown_at int8, opened_at int8,
    retracted_at int8, covers int4 NOT NULL, PRIMARY KEY (tenant, message_id, "user", device)) ${CHANGING}`,
  `CREATE INDEX "${t.notification}_due" ON "${t.notification}" (tenant, due_at, created_at)
    WHERE state IN ('waiting', 'sending')`,
  `CREATE INDEX "${t.notification}_outstanding" ON "${t.notification}" (tenant, "user", created_at)
    WHERE state = 'accepted' AND retracted_at IS NULL`,
  `CREATE INDEX "${t.notification}_sent" ON "${t.notification}" (tenant, "user", device, provider, updated_at)
    WHERE state = 'accepted'`,
  `CREATE INDEX "${t.notification}_recent" ON "${t.notification}" (tenant, "user", thread, created_at)
    WHERE state IN ('accepted', 'sending')`,
  `CREATE INDEX "${t.notification}_provider" ON "${t.notification}" (tenant, provider, provider_id)
    WHERE provider_id IS NOT NULL`,
  `CREATE INDEX "${t.notification}_named" ON "${t.notification}" (notification_id)
    WHERE provider IS NOT NULL`,
  `CREATE INDEX "${t.notification}_dead" ON "${t.notification}" (tenant, updated_at DESC, message_id, "user", device)
    WHERE state = 'dead'`,
  `CREATE INDEX "${t.notification}_over" ON "${t.notification}" (updated_at)
    WHERE state NOT IN ('waiting', 'sending')`,
  `CREATE TABLE "${t.setting}" (
    tenant ${ID}, name ${ID}, value text NOT NULL, version int8 NOT NULL, updated_at int8 NOT NULL,
    PRIMARY KEY (tenant, name))`,
  `CREATE TABLE "${t.preference}" (
    tenant ${ID}, "user" ${ID}, preferences text NOT NULL, updated_at int8 NOT NULL, PRIMARY KEY (tenant, "user"))`,
  `CREATE TABLE "${t.token}" (
    tenant ${ID}, digest ${ID}, "user" ${ID}, device ${ID}, registered_at int8 NOT NULL,
    PRIMARY KEY (tenant, digest))`,
  `CREATE INDEX "${t.token}_device" ON "${t.token}" (tenant, "user", device)`,
  `CREATE TABLE "${t.spared}" (tenant ${ID}, id ${ID}, at int8 NOT NULL, PRIMARY KEY (tenant, id))`,
  `CREATE INDEX "${t.spared}_at" ON "${t.spared}" (at)`,
];
