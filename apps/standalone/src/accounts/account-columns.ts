import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How the columns are written in one kind of database. */
export interface MoreColumnTypes {
  readonly id: string;
  readonly text: string;
  readonly bytes: string;
  readonly time: string;
  readonly table: string;
  /** SQLite adds one column a statement; in the others all of a table are added whole or not at all. */
  readonly oneByOne: boolean;
}

/** What tenants and keys are told apart by, limited to and rotated with; and which keys have sealed what is secret. */
export const addAccountColumns = (types: MoreColumnTypes) =>
  class OperateAccounts implements MigrationInterface {
    readonly name = 'OperateAccounts1700000010000';

    async up(runner: QueryRunner): Promise<void> {
      const { id, text, bytes, time, table, oneByOne } = types;
      const add = async (to: string, columns: readonly string[]): Promise<void> => {
        const clauses = columns.map((column) => `ADD COLUMN ${column}`);
        for (const clause of oneByOne ? clauses : [clauses.join(', ')])
          await runner.query(`ALTER TABLE ${to} ${clause}`);
      };
      await runner.query(`CREATE TABLE push_ring_key (id ${id} PRIMARY KEY, sealed_check ${text} NOT NULL) ${table}`);
      await add('push_api_key', [`name ${text}`, `expires_at ${time}`, `replaced_by ${id}`]);
      await add('push_tenant', [
        ...[`name ${text}`, `limits ${text}`, `issuers ${text}`, `suspended_at ${time}`, `suspend_reason ${text}`],
        ...[`previous_secret ${bytes}`, `previous_until ${time}`, `rotated_at ${time}`],
      ]);
    }

    async down(runner: QueryRunner): Promise<void> {
      const drop = async (from: string, columns: readonly string[]): Promise<void> => {
        for (const column of columns) await runner.query(`ALTER TABLE ${from} DROP COLUMN ${column}`);
      };
      await drop('push_tenant', ['name', 'limits', 'issuers', 'suspended_at', 'suspend_reason']);
      await drop('push_tenant', ['previous_secret', 'previous_until', 'rotated_at']);
      await drop('push_api_key', ['name', 'expires_at', 'replaced_by']);
      await runner.query('DROP TABLE push_ring_key');
    }
  };
