import { PushError } from 'push-core';
import type { DatabaseKind } from '../database-location.js';
import type { BackupColumn, ColumnKind, Value, ValueRow } from './backup-medium.js';

/**
 * A backup is lines of JSON, compressed with gzip: a header, for each table a line that names it and then a line a row,
 * and a last line that tells how many rows there were and the SHA-256 of every byte before it.
 */
export const BACKUP_FORMAT = 'nest-push-backup';
export const BACKUP_VERSION = 1;

export interface BackupHeader {
  readonly format: typeof BACKUP_FORMAT;
  readonly version: typeof BACKUP_VERSION;
  /** Unix milliseconds. */
  readonly createdAt: number;
  readonly from: DatabaseKind;
  readonly tablePrefix: string;
  readonly epoch: string;
  /** The epoch that it carries on, where that store had been restored itself. */
  readonly epochBefore?: string;
  /** What the schema was made by, oldest first. */
  readonly migrations: readonly string[];
  readonly tables: readonly BackupTableHeader[];
}

export interface BackupTableHeader {
  readonly name: string;
  readonly columns: readonly BackupColumn[];
  readonly rows: number;
}

export interface BackupTrailer {
  readonly rows: number;
  readonly sha256: string;
}

export const damaged = (what: string, cause?: unknown): PushError =>
  new PushError('INVALID', `The backup ${what}; nothing was written. Take another copy of it`, {
    field: 'file',
    cause,
  });

/** A value in a line. Bytes travel as base64 in an object, which no other value is. */
export type JsonValue = null | number | string | { readonly b: string };

export const toLine = (row: ValueRow, columns: readonly BackupColumn[]): string =>
  JSON.stringify(row.map((value, at) => toJson(value, columns[at]?.kind ?? 'text')));

function toJson(value: Value, kind: ColumnKind): JsonValue {
  if (value === null) return null;
  if (typeof value === 'object') return { b: Buffer.from(value).toString('base64') };
  // Large numbers come as text from PostgreSQL.
  return kind === 'number' || kind === 'integer' || typeof value === 'boolean' ? Number(value) : value;
}

/** For a column of another database, which may keep text as bytes or the other way round. */
export function fromJson(value: JsonValue, kind: ColumnKind): Value {
  if (value === null) return null;
  const bytes = typeof value === 'object' ? Buffer.from(value.b, 'base64') : undefined;
  switch (kind) {
    case 'bytes':
      return bytes ?? Buffer.from(`${value as string | number}`);
    case 'text':
      return bytes ? bytes.toString() : `${value as string | number}`;
    case 'number':
      return Number(value);
    // SQLite keeps fractions in a column of whole numbers, too.
    case 'integer':
      return Math.round(Number(value));
    case 'boolean':
      return Number(value) !== 0;
  }
}

export function headerOf(line: string): BackupHeader {
  const header = parsed(line) as Partial<BackupHeader> | undefined;
  if (header?.format !== BACKUP_FORMAT)
    throw new PushError('INVALID', 'The file is no backup of nest-push', { field: 'file' });
  if (header.version !== BACKUP_VERSION)
    throw new PushError(
      'INVALID',
      `The backup has format version ${String(header.version)}, and this program reads ${BACKUP_VERSION}: use the version that made it`,
      { field: 'file' },
    );
  return header as BackupHeader;
}

export function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
