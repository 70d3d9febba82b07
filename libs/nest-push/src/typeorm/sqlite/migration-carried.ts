import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { TableNames } from '../table-names.js';

/**
 * How far a stream had come in the backup that the store was restored from; null where it did not exist then, or the
 * store was never restored. It only adds, so a program of the version before goes on working.
 */
export function sqliteCarried(names: TableNames): new () => MigrationInterface {
  return class PushCarried1760000000010 implements MigrationInterface {
    readonly name = 'PushCarried1760000000010';

    async up(queryRunner: QueryRunner): Promise<void> {
      await queryRunner.query(`ALTER TABLE "${names.stream}" ADD COLUMN carried INTEGER`);
    }

    async down(queryRunner: QueryRunner): Promise<void> {
      await queryRunner.query(`ALTER TABLE "${names.stream}" DROP COLUMN carried`);
    }
  };
}
