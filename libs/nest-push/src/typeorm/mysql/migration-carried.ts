import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { TableNames } from '../table-names.js';
import { sql } from './names.js';

/** How far a stream had come in the backup that the store was restored from. It only adds. See the SQLite one. */
export function mysqlCarried(names: TableNames): new () => MigrationInterface {
  return class PushCarried1761000000010 implements MigrationInterface {
    readonly name = 'PushCarried1761000000010';

    /** MySQL has no ADD COLUMN IF NOT EXISTS. */
    async up(queryRunner: QueryRunner): Promise<void> {
      if (!(await hasCarried(queryRunner, names.stream)))
        await queryRunner.query(sql`ALTER TABLE "${names.stream}" ADD COLUMN carried BIGINT`);
    }

    async down(queryRunner: QueryRunner): Promise<void> {
      if (await hasCarried(queryRunner, names.stream))
        await queryRunner.query(sql`ALTER TABLE "${names.stream}" DROP COLUMN carried`);
    }
  };
}

async function hasCarried(queryRunner: QueryRunner, table: string): Promise<boolean> {
  const found = (await queryRunner.query(
    `SELECT 1 FROM information_schema.columns
      WHERE table_schema = DATABASE() AND table_name = ? AND column_name = 'carried'`,
    [table],
  )) as unknown[];
  return found.length > 0;
}
