import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { TableNames } from '../table-names.js';
import { LONG_STREAM } from './trim-statements.js';

/**
 * Version 3: jobs, and an index of the streams that retention by number may have to cut. It only adds, so a program of
 * version 2 goes on working on such a file.
 *
 * `no` is the order in which jobs were stored. A job's name begins with what it is about, so that whether a message has one is found by the key. `owner` and
 * `lease_until` are null while nobody holds it, `died_at` is set when it was given up.
 */
export function sqliteJobs(names: TableNames): new () => MigrationInterface {
  const t = names;
  return class PushJobs1760000000002 implements MigrationInterface {
    readonly name = 'PushJobs1760000000002';

    async up(queryRunner: QueryRunner): Promise<void> {
      for (const statement of createTables(t)) await queryRunner.query(statement);
    }

    async down(queryRunner: QueryRunner): Promise<void> {
      await queryRunner.query(`DROP TABLE IF EXISTS "${t.job}"`);
      await queryRunner.query(`DROP INDEX IF EXISTS "${t.stream}_long"`);
    }
  };
}

const createTables = (t: TableNames): string[] => [
  `CREATE TABLE "${t.job}" (
    no INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, payload TEXT NOT NULL, position INTEGER NOT NULL,
    size INTEGER NOT NULL, due_at INTEGER NOT NULL, owner TEXT, lease_until INTEGER, attempts INTEGER NOT NULL,
    reason TEXT, died_at INTEGER, UNIQUE (tenant, id, kind))`,
  `CREATE INDEX "${t.job}_due" ON "${t.job}" (kind, tenant, due_at, no) WHERE died_at IS NULL`,
  `CREATE INDEX "${t.job}_dead" ON "${t.job}" (kind, tenant, died_at, id) WHERE died_at IS NOT NULL`,
  `CREATE INDEX "${t.stream}_long" ON "${t.stream}" (head - first) WHERE head - first >= ${LONG_STREAM}`,
];
