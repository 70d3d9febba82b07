import { isPushError } from 'push-core';
import { DATABASES } from '../database-kinds.js';
import { kindOf } from '../database-location.js';
import { toStoreError } from '../store-errors.js';
import type { BackupMedium, BackupTable } from './backup-medium.js';
import { MysqlBackupMedium } from './mysql-medium.js';
import { PostgresBackupMedium } from './postgres-medium.js';
import { SqliteBackupMedium } from './sqlite-medium.js';

/** Which database is backed up or restored, and what of it beside the engine's own tables. */
export interface BackupOptions {
  /** `sqlite:`, `postgres://` or `mysql://`, as the store takes it. */
  readonly url: string;
  /** Default `push_`. */
  readonly tablePrefix?: string;
  /** Whether a table that is not the engine's goes along, by its name. Default: none does. */
  readonly alsoTables?: (name: string) => boolean;
  /** Told now and then. */
  readonly onProgress?: (progress: BackupProgress) => void;
}

export interface BackupProgress {
  /** `checking`: a backup is read through before anything is written. */
  readonly what: 'checking' | 'writing';
  readonly rows: number;
  /** Unknown while a backup is checked. */
  readonly ofRows?: number;
}

export function backupMediumOf(url: string): BackupMedium {
  switch (kindOf({ url })) {
    case 'sqlite':
      return new SqliteBackupMedium(url);
    case 'postgres':
      return new PostgresBackupMedium(url);
    case 'mysql':
      return new MysqlBackupMedium(url);
  }
}

/** What the driver said, as the store says it. */
export function inStoreWords(error: unknown, medium: BackupMedium): unknown {
  if (isPushError(error)) return error;
  // What comes of the file system is no matter of the database.
  if (typeof (error as { syscall?: unknown }).syscall === 'string' && (error as { path?: unknown }).path) return error;
  return toStoreError(error, DATABASES[medium.kind].diagnose);
}

/** In an order in which each comes after those it needs. */
export function inOrder(tables: readonly BackupTable[]): readonly BackupTable[] {
  const placed = new Set<string>();
  const ordered: BackupTable[] = [];
  const place = (table: BackupTable): void => {
    if (placed.has(table.name)) return;
    placed.add(table.name);
    for (const need of table.needs) {
      const other = tables.find(({ name }) => name === need);
      if (other) place(other);
    }
    ordered.push(table);
  };
  for (const table of tables) place(table);
  return ordered;
}
