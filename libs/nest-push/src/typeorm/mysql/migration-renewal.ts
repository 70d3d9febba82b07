import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { TableNames } from '../table-names.js';
import { sql } from './names.js';
import { TABLE } from './tables.js';

/** Streams that were erased and begin anew; see the SQLite one. It only adds; a user's notifications have an index already. */
export function mysqlRenewal(names: TableNames): new () => MigrationInterface {
  return class PushRenewal1761000000011 implements MigrationInterface {
    readonly name = 'PushRenewal1761000000011';

    /** MySQL has no ADD COLUMN IF NOT EXISTS. */
    async up(queryRunner: QueryRunner): Promise<void> {
      if (!(await hasRenewal(queryRunner, names.stream)))
        await queryRunner.query(sql`ALTER TABLE "${names.stream}" ADD COLUMN renewal VARCHAR(32)`);
      await queryRunner.query(
        sql`CREATE TABLE IF NOT EXISTS "${names.renewal}" (bucket BIGINT NOT NULL, mark VARCHAR(32) NOT NULL,
          PRIMARY KEY (bucket)) ${TABLE}`,
      );
    }

    async down(queryRunner: QueryRunner): Promise<void> {
      await queryRunner.query(sql`DROP TABLE IF EXISTS "${names.renewal}"`);
      if (await hasRenewal(queryRunner, names.stream))
        await queryRunner.query(sql`ALTER TABLE "${names.stream}" DROP COLUMN renewal`);
    }
  };
}

async function hasRenewal(queryRunner: QueryRunner, table: string): Promise<boolean> {
  const found = (await queryRunner.query(
    `SELECT 1 FROM information_schema.columns
      WHERE table_schema = DATABASE() AND table_name = ? AND column_name = 'renewal'`,
    [table],
  )) as unknown[];
  return found.length > 0;
}
