import type { Pair, SqlDialect } from '../sql-dialect.js';
import { ask, step, type Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';

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

/** Streams of fewer entries are not in the index of long ones: it costs them nothing. */
export const LONG_STREAM = 100;

export function trimStatements(t: TableNames): TrimStatements {
  const streams = `SELECT tenant, stream, head, first FROM "${t.stream}"`;
  return {
    agedStreams: (before, limit, without) =>
      without.length === 0
        ? ask(`${streams} WHERE oldest_at < ? ORDER BY oldest_at LIMIT ?`, before, limit)
        : ask(
            `${streams} WHERE oldest_at < ? AND tenant NOT IN (SELECT value FROM json_each(?)) ORDER BY oldest_at LIMIT ?`,
            before,
            JSON.stringify(without),
            limit,
          ),
    agedStreamsOf: (tenant, before, limit) =>
      ask(`${streams} WHERE tenant = ? AND oldest_at < ? ORDER BY oldest_at LIMIT ?`, tenant, before, limit),
    longStreams: (keep, limit) =>
      keep >= LONG_STREAM
        ? ask(`${streams} WHERE head - first >= ${LONG_STREAM} AND head - first >= ? LIMIT ?`, keep, limit)
        : ask(`${streams} WHERE head - first >= ? LIMIT ?`, keep, limit),
    firstYoung: (tenant, stream, first, until, youngFrom) =>
      ask(
        `SELECT seq FROM "${t.entry}"
        WHERE tenant = ? AND stream = ? AND seq >= ? AND seq < ? AND joined_at >= ? ORDER BY seq LIMIT 1`,
        tenant,
        stream,
        first,
        until,
        youngFrom,
      ),
    joinedAt: (tenant, stream, seq) =>
      ask(`SELECT joined_at FROM "${t.entry}" WHERE tenant = ? AND stream = ? AND seq = ?`, tenant, stream, seq),
    deleteEntries: (tenant, stream, before) =>
      ask(
        `DELETE FROM "${t.entry}" WHERE tenant = ? AND stream = ? AND seq < ? RETURNING message_id`,
        tenant,
        stream,
        before,
      ),
    moveFirst: (tenant, stream, first, oldestAt) =>
      ask(
        `UPDATE "${t.stream}" SET first = ?, oldest_at = ? WHERE tenant = ? AND stream = ?`,
        first,
        oldestAt,
        tenant,
        stream,
      ),
    deleteOrphans: (ids) =>
      ask(
        `DELETE FROM "${t.message}"
        WHERE (tenant, id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?)) AND held_until IS NULL
        AND NOT EXISTS (SELECT 1 FROM "${t.entry}" e WHERE e.tenant = "${t.message}".tenant
          AND e.message_id = "${t.message}".id)
        AND NOT EXISTS (SELECT 1 FROM "${t.job}" w WHERE w.tenant = "${t.message}".tenant
          AND w.id = "${t.message}".id AND w.died_at IS NULL)`,
        JSON.stringify(ids),
      ),
    sparedMessages: (limit) => ask(`SELECT tenant, id FROM "${t.spared}" ORDER BY at LIMIT ?`, limit),
    *spareMessages(ids: readonly Pair[], now: number): Steps<void> {
      const named = `SELECT value ->> 0, value ->> 1 FROM json_each(?)`;
      yield step(`DELETE FROM "${t.spared}" WHERE (tenant, id) IN (${named})`, JSON.stringify(ids));
      yield step(
        `INSERT INTO "${t.spared}" (tenant, id, at) SELECT m.tenant, m.id, ?2 FROM "${t.message}" m
        WHERE (m.tenant, m.id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?1)) AND NOT EXISTS (
          SELECT 1 FROM "${t.entry}" e WHERE e.tenant = m.tenant AND e.message_id = m.id)`,
        JSON.stringify(ids),
        now,
      );
    },
    deleteKeys: (keptUntilBefore, limit) =>
      ask(
        `DELETE FROM "${t.idempotency}" WHERE (tenant, key) IN
        (SELECT tenant, key FROM "${t.idempotency}" WHERE keep_until < ? LIMIT ?) RETURNING 1`,
        keptUntilBefore,
        limit,
      ),
  };
}
