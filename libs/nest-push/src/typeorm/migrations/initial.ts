import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { Tables } from '../tables.js';

/** The tables of the first version. Every key begins with the tenant. */
export function initial(t: Tables): new () => MigrationInterface {
  const create = [
    `CREATE TABLE ${t.meta} (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID`,
    // Rows of messages are too large for a WITHOUT ROWID table.
    `CREATE TABLE ${t.message} (tenant TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, thread TEXT, data TEXT,
       audience TEXT NOT NULL, notification TEXT, options TEXT NOT NULL,
       accepted_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, due_at INTEGER, held INTEGER NOT NULL, PRIMARY KEY (tenant, id))`,
    `CREATE INDEX ${t.message}_due ON ${t.message} (due_at) WHERE held = 1`,
    `CREATE TABLE ${t.stream} (tenant TEXT NOT NULL, stream TEXT NOT NULL, epoch TEXT NOT NULL,
       head INTEGER NOT NULL, first INTEGER NOT NULL, PRIMARY KEY (tenant, stream)) WITHOUT ROWID`,
    `CREATE TABLE ${t.entry} (tenant TEXT NOT NULL, stream TEXT NOT NULL, seq INTEGER NOT NULL, message_id TEXT NOT NULL,
       filter TEXT, accepted_at INTEGER NOT NULL, PRIMARY KEY (tenant, stream, seq)) WITHOUT ROWID`,
    `CREATE INDEX ${t.entry}_message ON ${t.entry} (tenant, message_id)`,
    `CREATE TABLE ${t.idempotency} (tenant TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, message_id TEXT NOT NULL,
       accepted_at INTEGER NOT NULL, keep_until INTEGER NOT NULL, PRIMARY KEY (tenant, key)) WITHOUT ROWID`,
    `CREATE INDEX ${t.idempotency}_until ON ${t.idempotency} (keep_until)`,
    `CREATE TABLE ${t.cursor} (tenant TEXT NOT NULL, user TEXT NOT NULL, device TEXT NOT NULL, stream TEXT NOT NULL,
       epoch TEXT NOT NULL, seq INTEGER NOT NULL, base INTEGER NOT NULL, PRIMARY KEY (tenant, user, device, stream)) WITHOUT ROWID`,
    `CREATE INDEX ${t.cursor}_stream ON ${t.cursor} (tenant, stream, seq)`,
    `CREATE TABLE ${t.device} (tenant TEXT NOT NULL, user TEXT NOT NULL, device TEXT NOT NULL, registration TEXT NOT NULL,
       registered_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, PRIMARY KEY (tenant, user, device)) WITHOUT ROWID`,
    `CREATE TABLE ${t.subscription} (tenant TEXT NOT NULL, topic TEXT NOT NULL, user TEXT NOT NULL, since INTEGER NOT NULL,
       subscribed_at INTEGER NOT NULL, PRIMARY KEY (tenant, topic, user)) WITHOUT ROWID`,
    `CREATE INDEX ${t.subscription}_user ON ${t.subscription} (tenant, user)`,
    `CREATE TABLE ${t.follow} (tenant TEXT NOT NULL, user TEXT NOT NULL, device TEXT NOT NULL, topic TEXT NOT NULL,
       following INTEGER NOT NULL, PRIMARY KEY (tenant, user, device, topic)) WITHOUT ROWID`,
  ];
  const tables = [t.meta, t.message, t.stream, t.entry, t.idempotency, t.cursor, t.device, t.subscription, t.follow];
  return class PushInitial1760000000000 implements MigrationInterface {
    readonly name = 'PushInitial1760000000000';

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of create) await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const table of tables) await runner.query(`DROP TABLE ${table}`);
    }
  };
}
