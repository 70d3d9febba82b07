import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { TableNames } from '../table-names.js';
import { sql } from './names.js';

/** Finds a tenant's oldest streams, for tenants that keep their entries for a time of their own. It only adds. */
export function mysqlTenantAge(names: TableNames): new () => MigrationInterface {
  return class PushTenantAge1761000000011 implements MigrationInterface {
    readonly name = 'PushTenantAge1761000000011';

    /** MySQL has no ADD INDEX IF NOT EXISTS. */
    async up(queryRunner: QueryRunner): Promise<void> {
      if (!(await isThere(queryRunner, names.stream)))
        await queryRunner.query(sql`ALTER TABLE "${names.stream}" ADD INDEX by_tenant_age (tenant, oldest_at)`);
    }

    async down(queryRunner: QueryRunner): Promise<void> {
      if (await isThere(queryRunner, names.stream))
        await queryRunner.query(sql`ALTER TABLE "${names.stream}" DROP INDEX by_tenant_age`);
    }
  };
}

async function isThere(queryRunner: QueryRunner, table: string): Promise<boolean> {
  const found = (await queryRunner.query(
    `SELECT 1 FROM information_schema.statistics
      WHERE table_schema = DATABASE() AND table_name = ? AND index_name = 'by_tenant_age'`,
    [table],
  )) as unknown[];
  return found.length > 0;
}
