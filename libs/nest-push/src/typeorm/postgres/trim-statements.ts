import type { Row } from '../sql-connection.js';
import type { Pair, SqlDialect } from '../sql-dialect.js';
import { ask, type Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { binaryArray } from './arrays.js';
import { overRows, quiet, quietly, rowSet, tell } from './row-set.js';

type TrimStatements = Pick<
  SqlDialect,
  | 'agedStreams'
  | 'agedStreamsOf'
  | 'longStreams'
  | 'firstYoung'
  | 'joinedAt'
  | 'deleteEntries'
  | 'moveFirst'
  | 'deleteOrphans'
  | 'sparedMessages'
  | 'spareMessages'
  | 'deleteKeys'
>;

const PAIRS = rowSet('r', { tenant: 'text', name: 'text' });

/** Streams are found by their length in so many entries; see the column of that name. */
export const HUNDRED = 100;

export function trimStatements(t: TableNames): TrimStatements {
  const streams = `SELECT tenant, stream, head, first FROM "${t.stream}"`;
  const entries = `"${t.entry}" WHERE tenant = $1 AND stream = $2`;
  return {
    agedStreams: (before, limit, without) =>
      without.length === 0
        ? ask(`${streams} WHERE oldest_at < $1 ORDER BY oldest_at LIMIT $2 FOR UPDATE SKIP LOCKED`, before, limit)
        : ask(
            `${streams} WHERE oldest_at < $1 AND tenant <> ALL ($3::text[]) ORDER BY oldest_at LIMIT $2
            FOR UPDATE SKIP LOCKED`,
            before,
            limit,
            binaryArray('text', without),
          ),
    agedStreamsOf: (tenant, before, limit) =>
      ask(
        `${streams} WHERE tenant = $1 AND oldest_at < $2 ORDER BY oldest_at LIMIT $3 FOR UPDATE SKIP LOCKED`,
        tenant,
        before,
        limit,
      ),
    longStreams: (keep, limit) =>
      keep < HUNDRED
        ? ask(`${streams} WHERE head - first >= $1 LIMIT $2 FOR UPDATE SKIP LOCKED`, keep, limit)
        : ask(
            `${streams} WHERE hundreds > 0 AND hundreds >= $1::int8 / ${HUNDRED} AND head - first >= $1
            ORDER BY hundreds DESC LIMIT $2 FOR UPDATE SKIP LOCKED`,
            keep,
            limit,
          ),
    firstYoung: (tenant, stream, first, until, youngFrom) =>
      ask(
        `SELECT seq FROM ${entries} AND seq >= $3 AND seq < $4 AND joined_at >= $5 ORDER BY seq LIMIT 1`,
        tenant,
        stream,
        first,
        until,
        youngFrom,
      ),
    joinedAt: (tenant, stream, seq) => ask(`SELECT joined_at FROM ${entries} AND seq = $3`, tenant, stream, seq),
    deleteEntries: (tenant, stream, before) =>
      ask(`DELETE FROM ${entries} AND seq < $3 RETURNING message_id`, tenant, stream, before),
    moveFirst: (tenant, stream, first, oldestAt) =>
      tell(
        `UPDATE "${t.stream}" SET first = $3, oldest_at = $4 WHERE tenant = $1 AND stream = $2`,
        tenant,
        stream,
        first,
        oldestAt,
      ),
    /**
     * One transaction at a time: two that take the last two entries of a message would each see the other's still
     * there, and the message would stay for ever.
     */
    *deleteOrphans(ids: readonly Pair[]): Steps<Row[]> {
      yield quiet(`SELECT pg_advisory_xact_lock('"${t.message}"'::regclass::oid::int8)`);
      return yield* overRows(
        PAIRS,
        ids,
        `DELETE FROM "${t.message}" m USING ${PAIRS.from} WHERE m.tenant = r.tenant AND m.id = r.name
        AND m.held_until IS NULL
        AND NOT EXISTS (SELECT 1 FROM "${t.entry}" e WHERE e.tenant = m.tenant AND e.message_id = m.id)
        AND NOT EXISTS (SELECT 1 FROM "${t.job}" j WHERE j.tenant = m.tenant AND j.id = m.id
          AND coalesce(j.died_at, 0) = 0)`,
      );
    },
    sparedMessages: (limit) => ask(`SELECT tenant, id FROM "${t.spared}" ORDER BY at LIMIT $1`, limit),
    *spareMessages(ids: readonly Pair[], now: number): Steps<void> {
      yield* quietly(
        PAIRS,
        ids,
        `DELETE FROM "${t.spared}" s USING ${PAIRS.from} WHERE s.tenant = r.tenant AND s.id = r.name`,
      );
      yield* quietly(
        PAIRS,
        ids,
        `INSERT INTO "${t.spared}" (tenant, id, at) SELECT m.tenant, m.id, $3 FROM ${PAIRS.from}
        JOIN "${t.message}" m ON m.tenant = r.tenant AND m.id = r.name
        WHERE NOT EXISTS (SELECT 1 FROM "${t.entry}" e WHERE e.tenant = m.tenant AND e.message_id = m.id)`,
        [now],
      );
    },
    deleteKeys: (keptUntilBefore, limit) =>
      ask(
        `DELETE FROM "${t.idempotency}" WHERE ctid = ANY (ARRAY(
          SELECT ctid FROM "${t.idempotency}" WHERE keep_until < $1 ORDER BY keep_until LIMIT $2
          FOR UPDATE SKIP LOCKED)) RETURNING 1 AS removed`,
        keptUntilBefore,
        limit,
      ),
  };
}
