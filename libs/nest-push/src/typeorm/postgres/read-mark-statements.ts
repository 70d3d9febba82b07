import type { Row } from '../sql-connection.js';
import type { SqlDialect } from '../sql-dialect.js';
import type { Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { overRows, POSITION, quietly, rowSet } from './row-set.js';

type ReadMarkStatements = Pick<SqlDialect, 'lockMarks' | 'putMarks' | 'marksSince' | 'unread' | 'readers' | 'covers'>;

const KEYS = rowSet('r', { tenant: 'text', stream: 'text', thread: 'text', reader: 'text' });
const MARKS = rowSet('r', {
  tenant: 'text',
  stream: 'text',
  thread: 'text',
  reader: 'text',
  epoch: 'text',
  seq: 'int8',
  set_at: 'int8',
});
const SINCE = rowSet('r', { tenant: 'text', reader: 'text', since: 'int8' });
const UNREAD = rowSet('r', {
  tenant: 'text',
  stream: 'text',
  reader: 'text',
  since: 'int8',
  thread: 'text',
  now: 'int8',
});
const COVERED = rowSet('r', {
  tenant: 'text',
  stream: 'text',
  reader: 'text',
  epoch: 'text',
  seq: 'int8',
  thread: 'text',
});
const PLACES = rowSet('r', { stream: 'text', epoch: 'text', seq: 'int8', thread: 'text' });

export function readMarkStatements(t: TableNames): ReadMarkStatements {
  const byKey = `k.tenant = r.tenant AND k.stream = r.stream AND k.thread = r.thread AND k."user" = r.reader`;
  const lockMarks = `SELECT ${POSITION} AS at, k.epoch, k.seq FROM ${KEYS.from}
    JOIN "${t.readMark}" k ON ${byKey} ORDER BY r.at FOR UPDATE OF k`;
  /** A mark that is not there yet cannot be locked, so it is made: without an epoch, until it is set in this unit. */
  const makeMarks = `INSERT INTO "${t.readMark}" AS k (tenant, stream, thread, "user", epoch, seq, at)
    SELECT r.tenant, r.stream, r.thread, r.reader, '', 0, 0 FROM ${KEYS.from} ORDER BY r.at
    ON CONFLICT (tenant, stream, thread, "user") DO UPDATE SET at = k.at
    RETURNING k.tenant, k.stream, k.thread, k."user" AS reader, k.epoch, k.seq`;

  return {
    *lockMarks(keys: readonly (readonly string[])[]): Steps<Row[]> {
      const known = yield* overRows(KEYS, keys, lockMarks);
      const found = new Set(known.map((row) => row.at as number));
      const missing = new Map<string, number[]>();
      keys.forEach((key, at) => {
        if (found.has(at)) return;
        const positions = missing.get(key.join(' '));
        if (positions) positions.push(at);
        else missing.set(key.join(' '), [at]);
      });
      const asked = [...missing.values()].map(([at]) => keys[at as number] as readonly string[]);
      for (const { tenant, stream, thread, reader, epoch, seq } of yield* overRows(KEYS, asked, makeMarks, [], 'no')) {
        if (epoch === '') continue;
        const name = [tenant, stream, thread, reader].join(' ');
        for (const at of missing.get(name) ?? []) known.push({ at, epoch, seq });
      }
      return known;
    },
    putMarks: (rows) =>
      quietly(
        MARKS,
        rows,
        `INSERT INTO "${t.readMark}" (tenant, stream, thread, "user", epoch, seq, at)
        SELECT r.tenant, r.stream, r.thread, r.reader, r.epoch, r.seq, r.set_at FROM ${MARKS.from} ORDER BY r.at
        ON CONFLICT (tenant, stream, thread, "user") DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq,
          at = excluded.at`,
      ),
    marksSince: (requests) =>
      overRows(
        SINCE,
        requests,
        `SELECT ${POSITION} AS asked, k.stream, k.thread, k.epoch, k.seq, k.at FROM ${SINCE.from}
        JOIN "${t.readMark}" k ON k.tenant = r.tenant AND k."user" = r.reader AND k.at >= r.since
        ORDER BY r.at, k.at`,
        [],
        'asked',
      ),
    /** Entries with the same filter count together. */
    unread: (requests, epoch) =>
      overRows(
        UNREAD,
        requests,
        `SELECT ${POSITION} AS at, coalesce(e.thread, '') AS thread, e.filter, count(*)::int4 AS entries
        FROM ${UNREAD.from}
        LEFT JOIN "${t.stream}" s ON s.tenant = r.tenant AND s.stream = r.stream
        LEFT JOIN "${t.readMark}" whole ON whole.tenant = r.tenant AND whole.stream = r.stream
          AND whole.thread = '' AND whole."user" = r.reader AND whole.epoch = coalesce($7::text || '-' || s.renewal, $7::text)
        JOIN "${t.entry}" e ON e.tenant = r.tenant AND e.stream = r.stream
          AND e.seq > greatest(r.since, coalesce(whole.seq, 0))
        LEFT JOIN "${t.readMark}" own ON own.tenant = e.tenant AND own.stream = e.stream AND own.thread = e.thread
          AND own."user" = r.reader AND own.epoch = coalesce($7::text || '-' || s.renewal, $7::text)
        JOIN "${t.message}" m ON m.tenant = e.tenant AND m.id = e.message_id
        WHERE (r.thread IS NULL OR e.thread = r.thread) AND e.seq > coalesce(own.seq, 0)
          AND m.expires_at > r.now AND m.recalled_at IS NULL
        GROUP BY 1, 2, 3`,
        [epoch],
      ),
    covers: (places) =>
      overRows(
        COVERED,
        places,
        `SELECT ${POSITION} AS at FROM ${COVERED.from} WHERE EXISTS (SELECT 1 FROM "${t.readMark}" k
          WHERE k.tenant = r.tenant AND k.stream = r.stream AND k.thread = ANY (ARRAY['', r.thread])
            AND k."user" = r.reader AND k.epoch = r.epoch AND k.seq >= r.seq)`,
      ),
    readers: (tenant, places) =>
      overRows(
        PLACES,
        places,
        `SELECT ${POSITION} AS at, (SELECT count(DISTINCT k."user")::int4 FROM "${t.readMark}" k
          WHERE k.tenant = $5 AND k.stream = r.stream AND k.thread = ANY (ARRAY['', r.thread])
            AND k.epoch = r.epoch AND k.seq >= r.seq) AS users FROM ${PLACES.from}`,
        [tenant],
      ),
  };
}
