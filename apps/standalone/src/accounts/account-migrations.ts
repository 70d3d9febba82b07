import type { MigrationInterface, QueryRunner } from 'typeorm';

/** TypeORM orders migrations by the number their name ends in. */
export class CreateAccounts1700000000000 implements MigrationInterface {
  readonly name = 'CreateAccounts1700000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE TABLE push_tenant (id TEXT PRIMARY KEY, secret BLOB NOT NULL, created_at INTEGER NOT NULL) WITHOUT ROWID',
    );
    await runner.query(
      `CREATE TABLE push_api_key (
         id TEXT PRIMARY KEY, tenant TEXT NOT NULL REFERENCES push_tenant (id), role TEXT NOT NULL, hash BLOB NOT NULL,
         created_at INTEGER NOT NULL) WITHOUT ROWID`,
    );
    await runner.query('CREATE INDEX push_api_key_tenant ON push_api_key (tenant, created_at)');
    await runner.query('CREATE TABLE push_admin_key (one INTEGER PRIMARY KEY CHECK (one = 1), hash BLOB NOT NULL)');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['push_admin_key', 'push_api_key', 'push_tenant']) await runner.query(`DROP TABLE ${table}`);
  }
}
