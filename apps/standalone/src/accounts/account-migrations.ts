import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addAccountColumns } from './account-columns.js';
import { mysqlPeople, postgresPeople, sqlitePeople } from '../people/people-migrations.js';

export const MIGRATIONS_TABLE = 'push_account_migration';

/** How the columns are written in one kind of database. Ids are ordered by their bytes everywhere. */
interface ColumnTypes {
  readonly id: string;
  readonly role: string;
  readonly bytes: string;
  readonly time: string;
  /** Behind a table's columns. */
  readonly table: string;
}

/** TypeORM orders migrations by the number their name ends in. */
const create = (types: ColumnTypes) =>
  class CreateAccounts implements MigrationInterface {
    readonly name = 'CreateAccounts1700000000000';

    async up(runner: QueryRunner): Promise<void> {
      const { id, role, bytes, time, table } = types;
      for (const statement of [
        `CREATE TABLE push_tenant (id ${id} PRIMARY KEY, secret ${bytes} NOT NULL, created_at ${time} NOT NULL) ${table}`,
        `CREATE TABLE push_api_key (
           id ${id} PRIMARY KEY, tenant ${id} NOT NULL, role ${role} NOT NULL, hash ${bytes} NOT NULL,
           created_at ${time} NOT NULL, FOREIGN KEY (tenant) REFERENCES push_tenant (id)) ${table}`,
        'CREATE INDEX push_api_key_tenant ON push_api_key (tenant, created_at)',
        `CREATE TABLE push_admin_key (one INTEGER PRIMARY KEY CHECK (one = 1), hash ${bytes} NOT NULL) ${table}`,
      ])
        await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const table of ['push_admin_key', 'push_api_key', 'push_tenant']) await runner.query(`DROP TABLE ${table}`);
    }
  };

const INNODB = 'ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

/** Every migration, oldest first. */
export const sqliteMigrations = [
  create({ id: 'TEXT', role: 'TEXT', bytes: 'BLOB', time: 'INTEGER', table: 'WITHOUT ROWID' }),
  addAccountColumns({
    id: 'TEXT',
    text: 'TEXT',
    bytes: 'BLOB',
    time: 'INTEGER',
    table: 'WITHOUT ROWID',
    oneByOne: true,
  }),
  sqlitePeople,
];
export const postgresMigrations = [
  create({ id: 'TEXT COLLATE "C"', role: 'TEXT', bytes: 'BYTEA', time: 'BIGINT', table: '' }),
  addAccountColumns({
    id: 'TEXT COLLATE "C"',
    text: 'TEXT',
    bytes: 'BYTEA',
    time: 'BIGINT',
    table: '',
    oneByOne: false,
  }),
  postgresPeople,
];
export const mysqlMigrations = [
  create({
    id: 'VARCHAR(128)',
    role: 'VARCHAR(16)',
    bytes: 'VARBINARY(255)',
    time: 'BIGINT',
    table: INNODB,
  }),
  addAccountColumns({
    id: 'VARCHAR(128)',
    text: 'TEXT',
    bytes: 'VARBINARY(255)',
    time: 'BIGINT',
    table: INNODB,
    oneByOne: false,
  }),
  mysqlPeople,
];
