import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { TableNames } from '../table-names.js';

/**
 * Streams that were erased and begin anew; see the SQLite one. It only adds. The index is of an expression, so that nobody else
 * goes by it: to what is looked up by its name a user's notifications are a detour.
 */
export function postgresRenewal(names: TableNames): new () => MigrationInterface {
  const t = names;
  return class PushRenewal1760000000011 implements MigrationInterface {
    readonly name = 'PushRenewal1760000000011';

    async up(queryRunner: QueryRunner): Promise<void> {
      await queryRunner.query(`ALTER TABLE "${t.stream}" ADD COLUMN renewal text`);
      await queryRunner.query(`CREATE TABLE "${t.renewal}" (bucket int8 PRIMARY KEY, mark text NOT NULL)`);
      await queryRunner.query(
        `CREATE INDEX "${t.notification}_user" ON "${t.notification}" ((tenant || ' ' || "user"))`,
      );
    }

    async down(queryRunner: QueryRunner): Promise<void> {
      await queryRunner.query(`DROP INDEX IF EXISTS "${t.notification}_user"`);
      await queryRunner.query(`DROP TABLE IF EXISTS "${t.renewal}"`);
      await queryRunner.query(`ALTER TABLE "${t.stream}" DROP COLUMN renewal`);
    }
  };
}
