import { storableKey } from '../postgres/columns.js';
import type { DatabaseKind } from '../database-location.js';
import type { TableNames } from '../table-names.js';
import type { Value } from './backup-medium.js';

/** A row by its columns' names, on its way into a table. */
export type NamedRow = Record<string, Value>;

/** What is not the same in every database, or belongs to the process that wrote it. */
export interface EngineTable {
  /** Of one database's own, made anew where the rows go. */
  readonly without?: readonly string[];
  /** What stands behind `FROM table`, where rows have an order that counts. */
  readonly order?: Partial<Record<DatabaseKind, string>>;
  readonly leaving?: (row: NamedRow, from: DatabaseKind) => NamedRow;
  readonly arriving?: (row: NamedRow, to: DatabaseKind, number: number) => NamedRow;
}

/** Names the life the rows go on in. */
export interface Rebirth {
  readonly from: string;
  readonly to: string;
  /** Nothing was accepted after the backup: this is the same life. */
  readonly moved: boolean;
}

/** Nothing of these outlives the processes, or it is told in the header. */
export const leftOut = (t: TableNames): ReadonlySet<string> => new Set([t.migrations, t.node, t.ticket, t.meta]);

export function engineTables(t: TableNames, { from, to, moved }: Rebirth): ReadonlyMap<string, EngineTable> {
  const inNewLife = (row: NamedRow): NamedRow => (row.epoch === from ? { ...row, epoch: to } : row);
  let held = 0;
  return new Map<string, EngineTable>([
    [
      t.message,
      {
        without: ['no', 'held_no'],
        order: { sqlite: 'ORDER BY "no"' },
        // The order in which messages that are due at the same time were held.
        arriving: (row, kind) =>
          kind === 'postgres' ? { ...row, held_no: row.held_until === null ? null : ++held } : row,
      },
    ],
    [t.stream, { arriving: (row) => (moved ? row : { ...row, carried: row.head ?? null }) }],
    [t.cursor, { arriving: inNewLife }],
    [t.readMark, { arriving: inNewLife }],
    [t.presence, { arriving: (row) => ({ ...row, online_until: null }) }],
    [t.notification, { without: ['no'], order: { sqlite: 'ORDER BY "no"' } }],
    [
      t.job,
      {
        without: ['no', 'dead'],
        order: { sqlite: 'ORDER BY "no"', postgres: 'ORDER BY "no"', mysql: 'ORDER BY `no`' },
        arriving: (row, kind) => {
          // Whoever held it is gone; one that was put off stays so.
          const free = row.owner === null ? row : { ...row, owner: null, lease_until: null };
          if (kind !== 'mysql') return free;
          return { ...free, lease_until: free.lease_until ?? 0, dead: row.died_at === null ? 0 : 1 };
        },
      },
    ],
    [
      t.idempotency,
      {
        leaving: (row, kind) => (kind === 'postgres' ? { ...row, key: plainKey(String(row.key)) } : row),
        arriving: (row, kind) => (kind === 'postgres' ? { ...row, key: storableKey(row.key) } : row),
      },
    ],
  ]);
}

/** Of what `storableKey` made. */
const plainKey = (stored: string): string =>
  stored.replace(/\\u([0-9a-f]{4})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
