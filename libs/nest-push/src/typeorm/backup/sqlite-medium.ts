import { existsSync } from 'node:fs';
import { PushError } from 'push-core';
import { sqliteLocation } from '../sqlite/location.js';
import { PAGE_ROWS, type BackupColumn, type BackupMedium, type BackupTable, type ValueRow } from './backup-medium.js';

/** The slice of `libsql` that is needed. */
interface Driver {
  prepare(sql: string): Statement;
  exec(sql: string): void;
  close(): void;
}
interface Statement {
  readonly reader: boolean;
  raw(): Statement;
  all(values: readonly unknown[]): unknown[];
  run(values: readonly unknown[]): unknown;
  iterate(values: readonly unknown[]): IterableIterator<unknown>;
}

/** How long a lock is waited for; nothing else runs meanwhile. */
const LOCK_MS = 10_000;

/** A SQLite file, beside whoever else has it open: in WAL mode a reader stops no writer. */
export class SqliteBackupMedium implements BackupMedium {
  readonly kind = 'sqlite';
  private readonly path: string;
  private driver?: Driver;
  private committed = false;

  constructor(url: string) {
    this.path = sqliteLocation({ url }).path;
  }

  async begin(purpose: 'read' | 'write'): Promise<void> {
    if (!existsSync(this.path))
      throw new PushError('INVALID', `There is no database file ${this.path}: correct the path`, { field: 'url' });
    const libsql = (await import('libsql')) as unknown as { default: new (path: string) => Driver };
    this.driver = new libsql.default(this.path);
    this.driver.exec(`PRAGMA busy_timeout = ${LOCK_MS}`);
    this.driver.exec('PRAGMA foreign_keys = OFF');
    this.driver.exec('PRAGMA synchronous = FULL');
    this.driver.exec(purpose === 'read' ? 'BEGIN' : 'BEGIN IMMEDIATE');
    // A view begins with the first read.
    this.all('SELECT count(*) FROM sqlite_master');
  }

  async tables(): Promise<readonly BackupTable[]> {
    const names = this.all(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name`,
    );
    return names.map(([found]) => {
      const name = String(found);
      const columns = this.all(`SELECT name, type, hidden FROM pragma_table_xinfo(${text(name)}) ORDER BY cid`);
      const needs = this.all(`SELECT DISTINCT "table" FROM pragma_foreign_key_list(${text(name)})`);
      return {
        name,
        columns: columns.filter(([, , hidden]) => Number(hidden) === 0).map(columnOf),
        needs: needs.map(([other]) => String(other)),
      };
    });
  }

  quoted(name: string): string {
    return `"${name}"`;
  }

  async ask(sql: string, values: ValueRow = []): Promise<readonly ValueRow[]> {
    return this.all(sql, values);
  }

  async *pages(sql: string): AsyncGenerator<readonly ValueRow[]> {
    let page: ValueRow[] = [];
    for (const row of this.opened.prepare(sql).raw().iterate([])) {
      page.push(row as ValueRow);
      if (page.length < PAGE_ROWS) continue;
      yield page;
      page = [];
    }
    if (page.length > 0) yield page;
  }

  async insert(table: string, columns: readonly string[], rows: readonly ValueRow[]): Promise<void> {
    const places = columns.map(() => '?').join();
    const names = columns.map((name) => this.quoted(name)).join();
    const statement = this.opened.prepare(`INSERT INTO ${this.quoted(table)} (${names}) VALUES (${places})`);
    for (const row of rows)
      statement.run(row.map((value) => (value instanceof Uint8Array ? Buffer.from(value) : value)));
  }

  /** SQLite does so by itself. */
  async catchUp(): Promise<void> {}

  async commit(): Promise<void> {
    this.opened.exec('COMMIT');
    this.committed = true;
  }

  async close(): Promise<void> {
    const { driver } = this;
    this.driver = undefined;
    if (!driver) return;
    if (!this.committed) driver.exec('ROLLBACK');
    driver.close();
  }

  private all(sql: string, values: ValueRow = []): readonly ValueRow[] {
    const statement = this.opened.prepare(sql);
    if (statement.reader) return statement.raw().all(values) as ValueRow[];
    statement.run(values);
    return [];
  }

  private get opened(): Driver {
    if (!this.driver) throw new PushError('STORE_UNAVAILABLE', 'The database is not open');
    return this.driver;
  }
}

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

function columnOf([name, type]: ValueRow): BackupColumn {
  const declared = String(type).toUpperCase();
  if (/BLOB/.test(declared)) return { name: String(name), kind: 'bytes' };
  if (/INT|BOOL/.test(declared)) return { name: String(name), kind: 'integer' };
  return { name: String(name), kind: /REAL|NUM|FLOAT|DOUBLE/.test(declared) ? 'number' : 'text' };
}
