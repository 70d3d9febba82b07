import type { Readable } from 'node:stream';
import { PushError } from 'push-core';
import { loadPeers, type DriverOptions } from '../mysql/driver.js';
import { mysqlLocation } from '../mysql/location.js';
import {
  PAGE_ROWS,
  pieces,
  placesFor,
  type BackupColumn,
  type BackupMedium,
  type BackupTable,
  type ValueRow,
} from './backup-medium.js';

/** The slice of `mysql2` that is needed. */
interface Connection {
  connect(done: (error: Error | null) => void): void;
  query(
    query: { sql: string; rowsAsArray: true },
    values: readonly unknown[],
    done: (error: unknown, rows: unknown) => void,
  ): unknown;
  query(query: { sql: string; rowsAsArray: true }): { stream(options: { highWaterMark: number }): Readable };
  on(event: 'error', listener: () => void): unknown;
  destroy(): void;
}
interface StreamingDriver {
  createConnection(options: DriverOptions): Connection;
}

const CONNECT_MS = 10_000;

/** A MariaDB or MySQL database. */
export class MysqlBackupMedium implements BackupMedium {
  readonly kind = 'mysql';
  private readonly place: ReturnType<typeof mysqlLocation>;
  private connection?: Connection;

  constructor(url: string) {
    this.place = mysqlLocation({ url });
  }

  async begin(purpose: 'read' | 'write'): Promise<void> {
    const { relaxedDurability: _, driver: __, ...place } = this.place;
    const { driver } = await loadPeers();
    const connection = (driver as unknown as StreamingDriver).createConnection({
      ...place,
      charset: 'UTF8MB4_BIN',
      connectTimeout: CONNECT_MS,
      supportBigNumbers: true,
      bigNumberStrings: false,
      decimalNumbers: true,
      multipleStatements: false,
    });
    // Whoever asks is told by the answer.
    connection.on('error', () => {});
    await new Promise<void>((resolve, reject) => connection.connect((error) => (error ? reject(error) : resolve())));
    this.connection = connection;
    // A file that is written slowly must not end the connection.
    await this.ask(`SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', foreign_key_checks = 0,
      net_write_timeout = 3600, net_read_timeout = 3600`);
    await this.ask('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await this.ask(purpose === 'read' ? 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY' : 'START TRANSACTION');
  }

  async tables(): Promise<readonly BackupTable[]> {
    const columns = await this.ask(
      `SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c
        JOIN information_schema.tables t USING (table_schema, table_name)
        WHERE c.table_schema = DATABASE() AND t.table_type = 'BASE TABLE' AND c.extra NOT LIKE '%GENERATED%'
        ORDER BY c.table_name, c.ordinal_position`,
    );
    const needs = await this.ask(
      `SELECT DISTINCT table_name, referenced_table_name FROM information_schema.key_column_usage
        WHERE table_schema = DATABASE() AND referenced_table_name IS NOT NULL`,
    );
    return [...new Set(columns.map(([table]) => String(table)))].map((name) => ({
      name,
      columns: columns.filter(([table]) => table === name).map(([, column, type]) => columnOf(column, type)),
      needs: needs.filter(([table]) => table === name).map(([, other]) => String(other)),
    }));
  }

  quoted(name: string): string {
    return `\`${name}\``;
  }

  ask(sql: string, values: ValueRow = []): Promise<readonly ValueRow[]> {
    const connection = this.opened;
    return new Promise((resolve, reject) =>
      connection.query({ sql, rowsAsArray: true }, values, (error, rows) =>
        error ? reject(withoutText(error)) : resolve(Array.isArray(rows) ? (rows as ValueRow[]) : []),
      ),
    );
  }

  async *pages(sql: string): AsyncGenerator<readonly ValueRow[]> {
    let page: ValueRow[] = [];
    for await (const row of this.opened.query({ sql, rowsAsArray: true }).stream({ highWaterMark: PAGE_ROWS })) {
      page.push(row as ValueRow);
      if (page.length < PAGE_ROWS) continue;
      yield page;
      page = [];
    }
    if (page.length > 0) yield page;
  }

  async insert(table: string, columns: readonly string[], rows: readonly ValueRow[]): Promise<void> {
    const names = columns.map((name) => this.quoted(name)).join();
    for (const piece of pieces(rows, PAGE_ROWS)) {
      const values = piece.flat().map((value) => (value instanceof Uint8Array ? Buffer.from(value) : value));
      const places = placesFor(piece.length, columns.length);
      await this.ask(`INSERT INTO ${this.quoted(table)} (${names}) VALUES ${places}`, values);
    }
  }

  /** The server does so by itself. */
  async catchUp(): Promise<void> {}

  async commit(): Promise<void> {
    await this.ask('COMMIT');
  }

  /** The server undoes what was not committed. */
  async close(): Promise<void> {
    this.connection?.destroy();
    this.connection = undefined;
  }

  private get opened(): Connection {
    if (!this.connection) throw new PushError('STORE_UNAVAILABLE', 'The database is not open');
    return this.connection;
  }
}

/** A driver's error holds the statement, and with it what users wrote. */
function withoutText(error: unknown): Error {
  (error as { sql?: string }).sql = undefined;
  return error as Error;
}

function columnOf(name: unknown, type: unknown): BackupColumn {
  const declared = String(type).toLowerCase();
  if (/blob|binary/.test(declared)) return { name: String(name), kind: 'bytes' };
  if (/int/.test(declared)) return { name: String(name), kind: 'integer' };
  return { name: String(name), kind: /decimal|float|double/.test(declared) ? 'number' : 'text' };
}
