import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = [
  `CREATE TABLE person (
    id TEXT PRIMARY KEY, display_name TEXT NOT NULL, hue INTEGER NOT NULL, password_hash TEXT NOT NULL)`,
  `CREATE TABLE room (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT, direct_key TEXT UNIQUE, created_at INTEGER NOT NULL)`,
  `CREATE TABLE room_member (
    room_id TEXT NOT NULL REFERENCES room (id) ON DELETE CASCADE,
    person_id TEXT NOT NULL REFERENCES person (id),
    delivered_up_to INTEGER NOT NULL DEFAULT 0, read_up_to INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (room_id, person_id))`,
  'CREATE INDEX room_member_person ON room_member (person_id)',
  // AUTOINCREMENT: a number is never used again, so a mark "read up to" stays true.
  `CREATE TABLE message (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    room_id TEXT NOT NULL REFERENCES room (id) ON DELETE CASCADE,
    sender TEXT NOT NULL REFERENCES person (id),
    client_id TEXT NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL, is_recalled INTEGER NOT NULL DEFAULT 0, push_id TEXT,
    UNIQUE (sender, client_id))`,
  'CREATE INDEX message_room ON message (room_id, number)',
];

export class FirstTables implements MigrationInterface {
  readonly name = 'FirstTables1790000000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(table);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['message', 'room_member', 'room', 'person']) await runner.query(`DROP TABLE ${table}`);
  }
}
