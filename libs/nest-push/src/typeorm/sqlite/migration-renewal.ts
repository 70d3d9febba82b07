import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { TableNames } from '../table-names.js';

/**
 * Streams that were erased and begin anew: `renewal` is null for one in its first life, which has the store's epoch. A stream
 * begins with the mark of its bucket (`renewalBucket`); nothing here tells which streams were erased. The index finds a
 * user's notifications, to erase them.
 */
export function sqliteRenewal(names: TableNames): new () => MigrationInterface {
  const t = names;
  return class PushRenewal1760000000011 implements MigrationInterface {
    readonly name = 'PushRenewal1760000000011';

    async up(queryRunner: QueryRunner): Promise<void> {
      await queryRunner.query(`ALTER TABLE "${t.stream}" ADD COLUMN renewal TEXT`);
      await queryRunner.query(
        `CREATE TABLE "${t.renewal}" (bucket INTEGER NOT NULL PRIMARY KEY, mark TEXT NOT NULL) WITHOUT ROWID`,
      );
      await queryRunner.query(`CREATE INDEX "${t.notification}_user" ON "${t.notification}" (tenant, user)`);
    }

    async down(queryRunner: QueryRunner): Promise<void> {
      await queryRunner.query(`DROP INDEX IF EXISTS "${t.notification}_user"`);
      await queryRunner.query(`DROP TABLE IF EXISTS "${t.renewal}"`);
      await queryRunner.query(`ALTER TABLE "${t.stream}" DROP COLUMN renewal`);
    }
  };
}
