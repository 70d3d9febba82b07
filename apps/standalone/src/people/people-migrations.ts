import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How the columns are written in one kind of database. Ids are ordered by their bytes everywhere. */
interface ColumnTypes {
  readonly id: string;
  readonly word: string;
  readonly text: string;
  readonly bytes: string;
  readonly time: string;
  /** Behind a table's columns. */
  readonly table: string;
}

/** People who sign in, what they and others did, and the figures they look at. Beside the accounts, in the same history. */
const create = (types: ColumnTypes) =>
  class CreatePeople implements MigrationInterface {
    readonly name = 'CreatePeople1700000020000';

    async up(runner: QueryRunner): Promise<void> {
      const { id, word, text, bytes, time, table } = types;
      for (const statement of [
        `CREATE TABLE push_person (
           id ${id} PRIMARY KEY, name ${id} NOT NULL UNIQUE, role ${word} NOT NULL, tenant ${id} NOT NULL,
           password ${text}, must_change INTEGER NOT NULL, disabled INTEGER NOT NULL, subject ${id} UNIQUE, mapped INTEGER NOT NULL,
           totp ${text}, totp_next ${text}, totp_step ${time} NOT NULL, recovery ${text}, created_at ${time} NOT NULL) ${table}`,
        `CREATE TABLE push_session (
           id ${id} PRIMARY KEY, person ${id} NOT NULL, created_at ${time} NOT NULL, seen_at ${time} NOT NULL) ${table}`,
        'CREATE INDEX push_session_person ON push_session (person)',
        `CREATE TABLE push_oidc_attempt (
           id ${id} PRIMARY KEY, state ${id} NOT NULL, nonce ${id} NOT NULL, verifier ${id} NOT NULL, created_at ${time} NOT NULL) ${table}`,
        `CREATE TABLE push_audit (
           id ${id} PRIMARY KEY, at ${time} NOT NULL, tenant ${id}, action ${id} NOT NULL, actor_kind ${word} NOT NULL,
           actor_id ${id} NOT NULL, actor_name ${id}, target ${text}, outcome ${word} NOT NULL, address ${id}) ${table}`,
        'CREATE INDEX push_audit_tenant ON push_audit (tenant, id)',
        'CREATE INDEX push_audit_action ON push_audit (action, id)',
        `CREATE TABLE push_audit_key (one INTEGER PRIMARY KEY CHECK (one = 1), secret ${bytes} NOT NULL) ${table}`,
        `CREATE TABLE push_stat (
           source ${id} NOT NULL, at ${time} NOT NULL, step ${time} NOT NULL, figures ${text} NOT NULL,
           PRIMARY KEY (step, at, source)) ${table}`,
      ])
        await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const table of ['stat', 'audit_key', 'audit', 'oidc_attempt', 'session', 'person'])
        await runner.query(`DROP TABLE push_${table}`);
    }
  };

export const sqlitePeople = create({
  id: 'TEXT',
  word: 'TEXT',
  text: 'TEXT',
  bytes: 'BLOB',
  time: 'INTEGER',
  table: 'WITHOUT ROWID',
});
export const postgresPeople = create({
  id: 'TEXT COLLATE "C"',
  word: 'TEXT',
  text: 'TEXT',
  bytes: 'BYTEA',
  time: 'BIGINT',
  table: '',
});
export const mysqlPeople = create({
  id: 'VARCHAR(128)',
  word: 'VARCHAR(32)',
  text: 'TEXT',
  bytes: 'VARBINARY(255)',
  time: 'BIGINT',
  table: 'ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
});
