import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { TableNames } from '../table-names.js';

/**
 * Version 2: recall, read marks, presence, revocations and tickets.
 *
 * A read mark of a whole stream has the thread `''`, so that it is part of the key. `online_until` is null for a device
 * that is not connected, and beyond any time for one whose connection has no end of its own; it holds as long as the
 * node's lease (`push_node`) does.
 */
export function sqliteState(names: TableNames): new () => MigrationInterface {
  const t = names;
  return class PushState1760000000001 implements MigrationInterface {
    readonly name = 'PushState1760000000001';

    async up(queryRunner: QueryRunner): Promise<void> {
      for (const statement of createTables(t)) await queryRunner.query(statement);
    }

    async down(queryRunner: QueryRunner): Promise<void> {
      for (const table of [t.readMark, t.presence, t.node, t.revocation, t.ticket])
        await queryRunner.query(`DROP TABLE IF EXISTS "${table}"`);
      await queryRunner.query(`DROP INDEX IF EXISTS "${t.message}_recalled"`);
      await queryRunner.query(`ALTER TABLE "${t.message}" DROP COLUMN recalled_at`);
    }
  };
}

const createTables = (t: TableNames): string[] => [
  `ALTER TABLE "${t.message}" ADD COLUMN recalled_at INTEGER`,
  `CREATE INDEX "${t.message}_recalled" ON "${t.message}" (tenant, recalled_at) WHERE recalled_at IS NOT NULL`,
  `CREATE TABLE "${t.readMark}" (
    tenant TEXT NOT NULL, stream TEXT NOT NULL, thread TEXT NOT NULL, user TEXT NOT NULL, epoch TEXT NOT NULL,
    seq INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (tenant, stream, thread, user)) WITHOUT ROWID`,
  `CREATE INDEX "${t.readMark}_user" ON "${t.readMark}" (tenant, user, at)`,
  `CREATE TABLE "${t.presence}" (
    tenant TEXT NOT NULL, user TEXT NOT NULL, device TEXT NOT NULL, connection TEXT NOT NULL, node TEXT NOT NULL,
    transport TEXT NOT NULL, at INTEGER NOT NULL, online_until INTEGER,
    PRIMARY KEY (tenant, user, device)) WITHOUT ROWID`,
  `CREATE INDEX "${t.presence}_node" ON "${t.presence}" (node) WHERE online_until IS NOT NULL`,
  `CREATE TABLE "${t.node}" (
    node TEXT NOT NULL PRIMARY KEY, renewed_at INTEGER NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID`,
  `CREATE TABLE "${t.revocation}" (
    tenant TEXT NOT NULL, user TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (tenant, user)) WITHOUT ROWID`,
  `CREATE INDEX "${t.revocation}_at" ON "${t.revocation}" (at)`,
  `CREATE TABLE "${t.ticket}" (
    digest TEXT NOT NULL PRIMARY KEY, identity TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID`,
  `CREATE INDEX "${t.ticket}_expires" ON "${t.ticket}" (expires_at)`,
];
