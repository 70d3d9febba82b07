import { rounds } from '../rounds.js';
import type { SqlDialect } from '../sql-dialect.js';
import type { Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { overRows, POSITION, quietly, rowSet, tell } from './row-set.js';

type CursorStatements = Pick<SqlDialect, 'cursors' | 'advance' | 'reached' | 'reachedBy' | 'dropCursors'>;

const DEVICES = rowSet('r', { tenant: 'text', reader: 'text', device: 'text' });
const PLACES = rowSet('r', { stream: 'text', epoch: 'text', seq: 'int8' });
const REACHED = rowSet('r', { tenant: 'text', stream: 'text', reader: 'text', epoch: 'text', seq: 'int8' });
const MOVES = rowSet('r', {
  tenant: 'text',
  stream: 'text',
  reader: 'text',
  device: 'text',
  epoch: 'text',
  seq: 'int8',
  began: 'int8',
});

export function cursorStatements(t: TableNames): CursorStatements {
  const advance = `INSERT INTO "${t.cursor}" AS c (tenant, stream, "user", device, epoch, seq, began)
    SELECT r.tenant, r.stream, r.reader, r.device, r.epoch, r.seq, r.began FROM ${MOVES.from} ORDER BY r.at
    ON CONFLICT (tenant, stream, "user", device) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq,
      began = CASE c.epoch WHEN excluded.epoch THEN c.began ELSE excluded.began END
    WHERE c.epoch <> excluded.epoch OR (c.seq < excluded.seq AND excluded.began = 0)`;

  return {
    cursors: (devices) =>
      overRows(
        DEVICES,
        devices,
        `SELECT ${POSITION} AS at, c.stream, c.epoch, c.seq FROM ${DEVICES.from}
        JOIN "${t.cursor}" c ON c.tenant = r.tenant AND c."user" = r.reader AND c.device = r.device`,
      ),
    *advance(rows: readonly (readonly unknown[])[]): Steps<void> {
      for (const round of rounds(rows, (row) => row.slice(0, 4).join(' '))) yield* quietly(MOVES, round, advance);
    },
    reached: (tenant, places) =>
      overRows(
        PLACES,
        places,
        `SELECT ${POSITION} AS at, (SELECT count(DISTINCT c."user")::int4 FROM "${t.cursor}" c
          WHERE c.tenant = $4 AND c.stream = r.stream AND c.epoch = r.epoch AND c.seq >= r.seq AND c.began < r.seq)
          AS users FROM ${PLACES.from}`,
        [tenant],
      ),
    reachedBy: (requests) =>
      overRows(
        REACHED,
        requests,
        `SELECT ${POSITION} AS at, c.device FROM ${REACHED.from}
        JOIN "${t.cursor}" c ON c.tenant = r.tenant AND c.stream = r.stream AND c."user" = r.reader
          AND c.epoch = r.epoch AND c.seq >= r.seq AND c.began < r.seq
        ORDER BY r.at, c.device`,
      ),
    dropCursors: (device) =>
      tell(`DELETE FROM "${t.cursor}" WHERE tenant = $1 AND "user" = $2 AND device = $3`, ...device),
  };
}
