import type { DatabaseKind } from '../database-location.js';

/** What a column holds, whatever the database calls it. */
export type ColumnKind = 'text' | 'integer' | 'number' | 'bytes' | 'boolean';

export interface BackupColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}

export interface BackupTable {
  readonly name: string;
  /** Without those the database fills in itself. */
  readonly columns: readonly BackupColumn[];
  /** Tables whose rows have to be there before its own. */
  readonly needs: readonly string[];
}

/** As a database's driver gives and takes it: null, number, text, bytes. */
export type Value = null | number | string | Uint8Array | boolean;
export type ValueRow = readonly Value[];

/**
 * A database as a backup sees it, on one connection of its own. `begin('read')`: one consistent view of everything until
 * the close, while others go on writing. `begin('write')`: one transaction, whole or not at all. Rejects with what the
 * driver threw.
 */
export interface BackupMedium {
  readonly kind: DatabaseKind;
  begin(purpose: 'read' | 'write'): Promise<void>;
  /** Every table there is, of whomever. */
  tables(): Promise<readonly BackupTable[]>;
  /** A name as it stands in a statement. */
  quoted(name: string): string;
  /** One statement, with `?` for each value; rows as arrays. */
  ask(sql: string, values?: readonly Value[]): Promise<readonly ValueRow[]>;
  /** The rows of a query, some at a time; never all of them in memory. */
  pages(sql: string): AsyncIterable<readonly ValueRow[]>;
  insert(table: string, columns: readonly string[], rows: readonly ValueRow[]): Promise<void>;
  /** Numbers that the database gives out itself continue after what was inserted. */
  catchUp(table: string): Promise<void>;
  commit(): Promise<void>;
  /** Undoes what was not committed. Idempotent. */
  close(): Promise<void>;
}

/** Rows of a page, or of one statement that inserts. */
export const PAGE_ROWS = 500;
/** Characters of one statement that inserts, about: servers refuse longer ones than a few megabytes. */
const PAGE_CHARS = 1024 * 1024;

/** Pieces of what one statement may hold. */
export function* pieces(rows: readonly ValueRow[], mostRows: number): Generator<readonly ValueRow[]> {
  let piece: ValueRow[] = [];
  let chars = 0;
  for (const row of rows) {
    const own = row.reduce<number>((sum, value) => sum + lengthOf(value), 0);
    if (piece.length > 0 && (piece.length >= mostRows || chars + own > PAGE_CHARS)) {
      yield piece;
      piece = [];
      chars = 0;
    }
    piece.push(row);
    chars += own;
  }
  if (piece.length > 0) yield piece;
}

const lengthOf = (value: Value): number =>
  typeof value === 'string' || value instanceof Uint8Array ? value.length : 8;

/** `(?, ?), (?, ?)`, for a statement of several rows. */
export const placesFor = (rows: number, columns: number): string => {
  const row = `(${Array.from({ length: columns }, () => '?').join()})`;
  return Array.from({ length: rows }, () => row).join();
};
