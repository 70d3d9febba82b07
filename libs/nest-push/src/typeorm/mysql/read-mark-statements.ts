import type { Row } from '../sql-connection.js';
import type { SqlDialect } from '../sql-dialect.js';
import { step, type Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { sql } from './names.js';
import { askSet, insertRows, pieces, setOf } from './sets.js';

type ReadMarkStatements = Pick<SqlDialect, 'lockMarks' | 'putMarks' | 'marksSince' | 'unread' | 'readers' | 'covers'>;

type Rows = readonly (readonly unknown[])[];

/** Counts in one statement. */
const COUNTS = 50;

export function readMarkStatements(t: TableNames): ReadMarkStatements {
  const insertMarks = sql`INSERT INTO "${t.readMark}" (tenant, stream, thread, "user", epoch, seq, "at")`;
  const toMark = sql`STRAIGHT_JOIN "${t.readMark}" r FORCE INDEX (PRIMARY)
    ON r.tenant = j.tenant AND r.stream = j.stream AND r.thread = j.thread AND r."user" = j."user"`;
  const marks = sql`SELECT j.no - 1 AS "at", r.epoch, r.seq FROM ${setOf('tenant', 'stream', 'thread', 'user')} ${toMark}
    WHERE r.epoch <> ''`;
  const wholeMarks = sql`SELECT j.no - 1 AS "at", r.seq FROM ${setOf('tenant', 'stream', 'user')}
    STRAIGHT_JOIN "${t.readMark}" r FORCE INDEX (PRIMARY)
    ON r.tenant = j.tenant AND r.stream = j.stream AND r.thread = '' AND r."user" = j."user"
    LEFT JOIN "${t.stream}" s FORCE INDEX (PRIMARY) ON s.tenant = j.tenant AND s.stream = j.stream
    WHERE r.epoch = COALESCE(CONCAT(?, '-', s.renewal), ?)`;
  const count = (more: string) => sql`SELECT CAST(? AS SIGNED) AS "at", COALESCE(e.thread, '') AS thread, e."filter",
      COUNT(*) AS entries
    FROM "${t.entry}" e FORCE INDEX (PRIMARY)
    LEFT JOIN "${t.readMark}" own FORCE INDEX (PRIMARY) ON own.tenant = e.tenant AND own.stream = e.stream
      AND own.thread = e.thread AND own."user" = ? AND own.epoch = COALESCE(
        (SELECT CONCAT(?, '-', s.renewal) FROM "${t.stream}" s WHERE s.tenant = ? AND s.stream = ?), ?)
    STRAIGHT_JOIN "${t.message}" m FORCE INDEX (PRIMARY) ON m.tenant = e.tenant AND m.id = e.message_id
    WHERE e.tenant = ? AND e.stream = ? AND e.seq > ? ${more} AND e.seq > COALESCE(own.seq, 0)
      AND m.expires_at > ? AND m.recalled_at IS NULL
    GROUP BY e.thread, e."filter"`;
  const countAll = count('');
  const countThread = count('AND e.thread = ?');

  return {
    /**
     * A mark that is not there cannot be locked, so it is made: one of no epoch, which reads as none and is given its own
     * in the same unit.
     */
    *lockMarks(keys: readonly (readonly string[])[]): Steps<Row[]> {
      yield* insertRows(
        insertMarks,
        keys.map((key) => [...key, '', 0, 0]),
        sql`ON DUPLICATE KEY UPDATE "at" = "at"`,
      );
      return yield* askSet(marks, keys);
    },
    putMarks: (rows) =>
      insertRows(
        insertMarks,
        rows,
        sql`ON DUPLICATE KEY UPDATE epoch = VALUES(epoch), seq = VALUES(seq), "at" = VALUES("at")`,
      ),
    *marksSince(requests: Rows): Steps<Row[]> {
      const rows = yield* askSet(
        sql`SELECT j.no - 1 AS asked, r.stream, r.thread, r.epoch, r.seq, r."at" FROM ${setOf('tenant', 'user', '#since')}
        STRAIGHT_JOIN "${t.readMark}" r FORCE INDEX (by_user)
        ON r.tenant = j.tenant AND r."user" = j."user" AND r."at" >= j.since`,
        requests,
      );
      return rows.sort((a, b) => (a.asked as number) - (b.asked as number) || (a.at as number) - (b.at as number));
    },
    /** Where a stream is to be counted from is looked up first: known numbers make it a range of the stream's entries. */
    *unread(requests: Rows, epoch: string): Steps<Row[]> {
      const from = requests.map(([, , , since]) => since as number);
      const asked = requests.map(([tenant, stream, user]) => [tenant, stream, user]);
      for (const { at, seq } of yield* askSet(wholeMarks, asked, { after: [epoch, epoch] })) {
        from[at as number] = Math.max(from[at as number] ?? 0, seq as number);
      }
      const counts: Row[] = [];
      for (const piece of pieces(requests, COUNTS)) {
        const texts = piece.rows.map(([, , , , thread]) => `(${thread === null ? countAll : countThread})`);
        const parameters = piece.rows.flatMap(([tenant, stream, user, , thread, now], i) => {
          const at = piece.from + i;
          return [
            at,
            user,
            epoch,
            tenant,
            stream,
            epoch,
            tenant,
            stream,
            from[at],
            ...(thread === null ? [] : [thread]),
            now,
          ];
        });
        counts.push(...(yield step(texts.join(' UNION ALL '), ...parameters)));
      }
      return counts;
    },
    covers: (places) =>
      askSet(
        sql`SELECT DISTINCT j.no - 1 AS "at" FROM ${setOf('tenant', 'stream', 'user', 'epoch', '#seq', 'thread')}
        STRAIGHT_JOIN "${t.readMark}" r FORCE INDEX (PRIMARY) ON r.tenant = j.tenant AND r.stream = j.stream
          AND r.thread IN ('', j.thread) AND r."user" = j."user" AND r.epoch = j.epoch AND r.seq >= j.seq`,
        places,
      ),
    readers: (tenant, places) =>
      askSet(
        sql`SELECT j.no - 1 AS "at", (SELECT COUNT(DISTINCT r."user") FROM "${t.readMark}" r FORCE INDEX (PRIMARY)
          WHERE r.tenant = ? AND r.stream = j.stream AND r.thread IN ('', j.thread) AND r.epoch = j.epoch
            AND r.seq >= j.seq) AS users
        FROM ${setOf('stream', 'epoch', '#seq', 'thread')}`,
        places,
        { before: [tenant] },
      ),
  };
}
