import type { MigrationInterface, QueryRunner } from 'typeorm';
import { adoptTokens } from '../migrations/adopt-tokens.js';
import type { TableNames } from '../table-names.js';
import { mysqlCarried } from './migration-carried.js';
import { mysqlRenewal } from './migration-renewal.js';
import { mysqlTenantAge } from './migration-tenant-age.js';
import { sql } from './names.js';
import { createOfflineTables } from './offline-tables.js';
import { createTables } from './tables.js';

/**
 * Every migration, oldest first. A change of the schema is not part of a transaction here: each statement must do no harm
 * when it comes again after a migration that was cut off.
 */
export const mysqlMigrations = (names: TableNames): (new () => MigrationInterface)[] => [
  initial(names),
  offline(names),
  mysqlCarried(names),
  mysqlRenewal(names),
  mysqlTenantAge(names),
];

function initial(names: TableNames): new () => MigrationInterface {
  return class PushInitial1761000000000 implements MigrationInterface {
    readonly name = 'PushInitial1761000000000';

    async up(queryRunner: QueryRunner): Promise<void> {
      for (const statement of createTables(names)) await queryRunner.query(statement);
    }

    async down(queryRunner: QueryRunner): Promise<void> {
      const { migrations: _, ...tables } = names;
      for (const table of Object.values(tables)) await queryRunner.query(sql`DROP TABLE IF EXISTS "${table}"`);
    }
  };
}

/** Only adds: a program of version 1 goes on working. */
function offline(names: TableNames): new () => MigrationInterface {
  const t = names;
  return class PushOffline1761000000001 implements MigrationInterface {
    readonly name = 'PushOffline1761000000001';

    async up(queryRunner: QueryRunner): Promise<void> {
      for (const statement of createOfflineTables(t)) await queryRunner.query(statement);
      await adoptTokens(queryRunner, {
        devices: sql`SELECT tenant, "user", device, tokens, updated_at FROM "${t.device}"
          WHERE (tenant, "user", device) > (?, ?, ?) ORDER BY tenant, "user", device LIMIT ?`,
        // Assignments take effect from left to right: the time is compared before it changes.
        adopt: sql`INSERT INTO "${t.token}" (tenant, digest, "user", device, registered_at) VALUES (?, ?, ?, ?, ?)
          ON DUPLICATE KEY UPDATE "user" = IF(registered_at < VALUES(registered_at), VALUES("user"), "user"),
            device = IF(registered_at < VALUES(registered_at), VALUES(device), device),
            registered_at = GREATEST(registered_at, VALUES(registered_at))`,
      });
    }

    async down(queryRunner: QueryRunner): Promise<void> {
      for (const table of [t.notification, t.setting, t.preference, t.token, t.spared])
        await queryRunner.query(sql`DROP TABLE IF EXISTS "${table}"`);
    }
  };
}
