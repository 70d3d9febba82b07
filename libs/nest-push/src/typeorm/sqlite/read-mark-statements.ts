import type { SqlDialect } from '../sql-dialect.js';
import { ask } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { inBatches } from './batches.js';
import { fields } from './columns.js';

type ReadMarkStatements = Pick<SqlDialect, 'lockMarks' | 'putMarks' | 'marksSince' | 'unread' | 'readers' | 'covers'>;

export function readMarkStatements(t: TableNames): ReadMarkStatements {
  return {
    lockMarks: (keys) =>
      ask(
        `SELECT j.key AS at, r.epoch, r.seq FROM json_each(?) j
        CROSS JOIN "${t.readMark}" r ON r.tenant = j.value ->> 0 AND r.stream = j.value ->> 1
          AND r.thread = j.value ->> 2 AND r.user = j.value ->> 3`,
        JSON.stringify(keys),
      ),
    putMarks: (rows) =>
      inBatches(
        `INSERT INTO "${t.readMark}" (tenant, stream, thread, user, epoch, seq, at)
        SELECT ${fields(7)} FROM json_each(?) WHERE true
        ON CONFLICT (tenant, stream, thread, user) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq,
          at = excluded.at`,
        rows,
      ),
    marksSince: (requests) =>
      ask(
        `SELECT j.key AS asked, r.stream, r.thread, r.epoch, r.seq, r.at FROM json_each(?) j
        CROSS JOIN "${t.readMark}" r ON r.tenant = j.value ->> 0 AND r.user = j.value ->> 1 AND r.at >= j.value ->> 2
        ORDER BY j.key, r.at`,
        JSON.stringify(requests),
      ),
    /** Entries with the same filter count together. */
    unread: (requests, epoch) =>
      ask(
        `SELECT j.key AS at, coalesce(e.thread, '') AS thread, e.filter, count(*) AS entries FROM json_each(?1) j
        LEFT JOIN "${t.stream}" s ON s.tenant = j.value ->> 0 AND s.stream = j.value ->> 1
        LEFT JOIN "${t.readMark}" whole ON whole.tenant = j.value ->> 0 AND whole.stream = j.value ->> 1
          AND whole.thread = '' AND whole.user = j.value ->> 2 AND whole.epoch = coalesce(?2 || '-' || s.renewal, ?2)
        CROSS JOIN "${t.entry}" e ON e.tenant = j.value ->> 0 AND e.stream = j.value ->> 1
          AND e.seq > max(j.value ->> 3, coalesce(whole.seq, 0))
        LEFT JOIN "${t.readMark}" own ON own.tenant = e.tenant AND own.stream = e.stream AND own.thread = e.thread
          AND own.user = j.value ->> 2 AND own.epoch = coalesce(?2 || '-' || s.renewal, ?2)
        CROSS JOIN "${t.message}" m ON m.tenant = e.tenant AND m.id = e.message_id
        WHERE (j.value ->> 4 IS NULL OR e.thread = j.value ->> 4) AND e.seq > coalesce(own.seq, 0)
          AND m.expires_at > j.value ->> 5 AND m.recalled_at IS NULL
        GROUP BY 1, 2, 3`,
        JSON.stringify(requests),
        epoch,
      ),
    covers: (places) =>
      ask(
        `SELECT DISTINCT j.key AS at FROM json_each(?) j
        CROSS JOIN "${t.readMark}" r ON r.tenant = j.value ->> 0 AND r.stream = j.value ->> 1
          AND r.thread IN ('', j.value ->> 5) AND r.user = j.value ->> 2 AND r.epoch = j.value ->> 3
          AND r.seq >= j.value ->> 4`,
        JSON.stringify(places),
      ),
    readers: (tenant, places) =>
      ask(
        `SELECT j.key AS at, count(DISTINCT r.user) AS users FROM json_each(?1) j
        CROSS JOIN "${t.readMark}" r ON r.tenant = ?2 AND r.stream = j.value ->> 0
          AND r.thread IN ('', j.value ->> 3) AND r.epoch = j.value ->> 1 AND r.seq >= j.value ->> 2
        GROUP BY j.key`,
        JSON.stringify(places),
        tenant,
      ),
  };
}
