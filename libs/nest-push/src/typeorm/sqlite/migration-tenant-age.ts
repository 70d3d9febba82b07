import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { TableNames } from '../table-names.js';

/** Finds a tenant's oldest streams, for tenants that keep their entries for a time of their own. It only adds. */
export function sqliteTenantAge(names: TableNames): new () => MigrationInterface {
  const index = `${names.stream}_tenant_age`;
  return class PushTenantAge1760000000011 implements MigrationInterface {
    readonly name = 'PushTenantAge1760000000011';

    async up(queryRunner: QueryRunner): Promise<void> {
      await queryRunner.query(
        `CREATE INDEX "${index}" ON "${names.stream}" (tenant, oldest_at) WHERE oldest_at IS NOT NULL`,
      );
    }

    async down(queryRunner: QueryRunner): Promise<void> {
      await queryRunner.query(`DROP INDEX IF EXISTS "${index}"`);
    }
  };
}
