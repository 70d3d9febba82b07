import { PushError } from 'push-core';
import { postgresLocation } from '../postgres/location.js';
import {
  PAGE_ROWS,
  pieces,
  placesFor,
  type BackupColumn,
  type BackupMedium,
  type BackupTable,
  type ValueRow,
} from './backup-medium.js';

/** The slice of `pg` that is needed. */
interface Client {
  connect(): Promise<unknown>;
  query(query: { text: string; values: readonly unknown[]; rowMode: 'array' }): Promise<{ rows: unknown[][] }>;
  end(): Promise<void>;
  on(event: 'error', listener: () => void): unknown;
}

const CONNECT_MS = 10_000;
/** Values of one statement: the protocol counts them in 16 bits. */
const MOST_VALUES = 30_000;

/** A PostgreSQL database. */
export class PostgresBackupMedium implements BackupMedium {
  readonly kind = 'postgres';
  private readonly options: Readonly<Record<string, unknown>>;
  private client?: Client;

  constructor(url: string) {
    this.options = postgresLocation({ url }).options.extra as Record<string, unknown>;
  }

  async begin(purpose: 'read' | 'write'): Promise<void> {
    // The package has no types of its own; by a variable, TypeScript does not look for them.
    const name: string = 'pg';
    const { default: pg } = (await import(name)) as { default: { Client: new (options: object) => Client } };
    const client = new pg.Client({
      ...this.options,
      application_name: 'nest-push backup',
      connectionTimeoutMillis: CONNECT_MS,
    });
    // Whoever asks is told by the answer.
    client.on('error', () => {});
    await client.connect();
    this.client = client;
    await this.ask(purpose === 'read' ? 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' : 'BEGIN');
  }

  async tables(): Promise<readonly BackupTable[]> {
    const columns = await this.ask(
      `SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c
        JOIN information_schema.tables t USING (table_schema, table_name)
        WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER'
        ORDER BY c.table_name, c.ordinal_position`,
    );
    const needs = await this.ask(
      `SELECT DISTINCT mine.relname::text, other.relname::text FROM pg_constraint f
        JOIN pg_class mine ON mine.oid = f.conrelid JOIN pg_class other ON other.oid = f.confrelid
        JOIN pg_namespace n ON n.oid = mine.relnamespace
        WHERE f.contype = 'f' AND n.nspname = current_schema()`,
    );
    return [...new Set(columns.map(([table]) => String(table)))].map((name) => ({
      name,
      columns: columns.filter(([table]) => table === name).map(([, column, type]) => columnOf(column, type)),
      needs: needs.filter(([table]) => table === name).map(([, other]) => String(other)),
    }));
  }

  quoted(name: string): string {
    return `"${name}"`;
  }

  async ask(sql: string, values: ValueRow = []): Promise<readonly ValueRow[]> {
    if (!this.client) throw new PushError('STORE_UNAVAILABLE', 'The database is not open');
    let at = 0;
    const text = sql.replace(/\?/g, () => `$${++at}`);
    const { rows } = await this.client.query({ text, values, rowMode: 'array' });
    return rows as ValueRow[];
  }

  async *pages(sql: string): AsyncGenerator<readonly ValueRow[]> {
    await this.ask(`DECLARE backup_rows NO SCROLL CURSOR FOR ${sql}`);
    for (;;) {
      const page = await this.ask(`FETCH ${PAGE_ROWS} FROM backup_rows`);
      if (page.length === 0) break;
      yield page;
    }
    await this.ask('CLOSE backup_rows');
  }

  async insert(table: string, columns: readonly string[], rows: readonly ValueRow[]): Promise<void> {
    const names = columns.map((name) => this.quoted(name)).join();
    const most = Math.min(PAGE_ROWS, Math.floor(MOST_VALUES / columns.length));
    for (const piece of pieces(rows, most)) {
      const places = placesFor(piece.length, columns.length);
      await this.ask(
        `INSERT INTO ${this.quoted(table)} (${names}) OVERRIDING SYSTEM VALUE VALUES ${places}`,
        piece.flat(),
      );
    }
  }

  async catchUp(table: string): Promise<void> {
    const counted = await this.ask(
      `SELECT column_name::text, pg_get_serial_sequence(quote_ident(table_name), column_name) FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name = ?`,
      [table],
    );
    for (const [column, sequence] of counted) {
      if (sequence === null || sequence === undefined) continue;
      const highest = `(SELECT max(${this.quoted(String(column))}) FROM ${this.quoted(table)})`;
      await this.ask(`SELECT setval(?::regclass, ${highest}) WHERE ${highest} IS NOT NULL`, [sequence]);
    }
  }

  async commit(): Promise<void> {
    await this.ask('COMMIT');
  }

  /** The server undoes what was not committed. */
  async close(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    await client?.end();
  }
}

function columnOf(name: unknown, type: unknown): BackupColumn {
  const declared = String(type);
  if (declared === 'bytea') return { name: String(name), kind: 'bytes' };
  if (declared === 'boolean') return { name: String(name), kind: 'boolean' };
  if (/int/.test(declared)) return { name: String(name), kind: 'integer' };
  return { name: String(name), kind: /numeric|real|double/.test(declared) ? 'number' : 'text' };
}
