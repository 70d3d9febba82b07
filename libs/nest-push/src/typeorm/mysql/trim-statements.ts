import type { Row } from '../sql-connection.js';
import type { Pair, SqlDialect } from '../sql-dialect.js';
import { ask, step, type Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { LENGTH_STEP } from './length-step.js';
import { sql } from './names.js';
import { askSet, insertRows, setOf } from './sets.js';

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

/**
 * Retention holds locks for as long as a round takes, so it locks only what it is going to change, and leaves out what is
 * in use.
 */
export function trimStatements(t: TableNames): TrimStatements {
  const aged = (
    without: number,
  ) => sql`SELECT tenant, stream FROM "${t.stream}" FORCE INDEX (by_age) WHERE oldest_at < ?
    ${without > 0 ? `AND tenant NOT IN (${Array.from({ length: without }, () => '?').join()})` : ''}
    ORDER BY oldest_at LIMIT ?`;
  const agedOf = sql`SELECT tenant, stream FROM "${t.stream}" FORCE INDEX (by_tenant_age) WHERE tenant = ? AND oldest_at < ?
    ORDER BY oldest_at LIMIT ?`;
  const long = sql`SELECT tenant, stream FROM "${t.stream}" FORCE INDEX (by_length) WHERE "length" >= ? AND head - "first" >= ?
    ORDER BY "length" DESC LIMIT ?`;
  const lockStreams = (
    still: string,
  ) => sql`SELECT s.tenant, s.stream, s.head, s."first" FROM ${setOf('tenant', 'stream')}
    STRAIGHT_JOIN "${t.stream}" s FORCE INDEX (PRIMARY) ON s.tenant = j.tenant AND s.stream = j.stream
    WHERE ${still} FOR UPDATE SKIP LOCKED`;
  const lockAged = lockStreams('s.oldest_at < ?');
  const lockLong = lockStreams(sql`s.head - s."first" >= ?`);
  const before = sql`FROM "${t.entry}" WHERE tenant = ? AND stream = ? AND seq < ?`;
  const ofIds = sql`${setOf('tenant', 'id')} STRAIGHT_JOIN "${t.message}" m FORCE INDEX (PRIMARY)
    ON m.tenant = j.tenant AND m.id = j.id`;
  const lockOrphans = sql`SELECT m.id FROM ${ofIds} FOR UPDATE`;
  const findOrphans = sql`SELECT m.tenant, m.id FROM ${ofIds}
    LEFT JOIN "${t.entry}" e FORCE INDEX (by_message) ON e.tenant = m.tenant AND e.message_id = m.id
    LEFT JOIN "${t.job}" w FORCE INDEX (PRIMARY) ON w.tenant = m.tenant AND w.id = m.id AND w.dead = 0
    WHERE m.held_until IS NULL AND e.seq IS NULL AND w.id IS NULL`;
  const bereft = sql`SELECT m.tenant, m.id FROM ${ofIds}
    LEFT JOIN "${t.entry}" e FORCE INDEX (by_message) ON e.tenant = m.tenant AND e.message_id = m.id
    WHERE e.seq IS NULL`;
  const forget = sql`DELETE s FROM ${setOf('tenant', 'id')} STRAIGHT_JOIN "${t.spared}" s FORCE INDEX (PRIMARY)
    ON s.tenant = j.tenant AND s.id = j.id`;
  const deleteMessages = sql`DELETE m FROM ${ofIds}`;
  const expired = sql`FROM "${t.idempotency}" WHERE keep_until < ? ORDER BY keep_until LIMIT ?`;

  const pairsOf = (rows: readonly Row[]): Pair[] =>
    rows.map(({ tenant, stream }): Pair => [tenant as string, stream as string]);

  return {
    *agedStreams(joinedBefore: number, limit: number, without: readonly string[]): Steps<Row[]> {
      const found: Row[] = yield step(aged(without.length), joinedBefore, ...without, limit);
      return yield* askSet(lockAged, pairsOf(found), { after: [joinedBefore] });
    },
    *agedStreamsOf(tenant: string, joinedBefore: number, limit: number): Steps<Row[]> {
      const found: Row[] = yield step(agedOf, tenant, joinedBefore, limit);
      return yield* askSet(lockAged, pairsOf(found), { after: [joinedBefore] });
    },
    *longStreams(keep: number, limit: number): Steps<Row[]> {
      const found: Row[] = yield step(long, Math.floor(keep / LENGTH_STEP), keep, limit);
      return yield* askSet(lockLong, pairsOf(found), { after: [keep] });
    },
    firstYoung: (tenant, stream, first, until, youngFrom) =>
      ask(
        sql`SELECT seq FROM "${t.entry}"
        WHERE tenant = ? AND stream = ? AND seq >= ? AND seq < ? AND joined_at >= ? ORDER BY seq LIMIT 1`,
        tenant,
        stream,
        first,
        until,
        youngFrom,
      ),
    joinedAt: (tenant, stream, seq) =>
      ask(sql`SELECT joined_at FROM "${t.entry}" WHERE tenant = ? AND stream = ? AND seq = ?`, tenant, stream, seq),
    *deleteEntries(tenant: string, stream: string, until: number): Steps<Row[]> {
      const removed: Row[] = yield step(`SELECT message_id ${before}`, tenant, stream, until);
      if (removed.length > 0) yield step(`DELETE ${before}`, tenant, stream, until);
      return removed;
    },
    moveFirst: (tenant, stream, first, oldestAt) =>
      ask(
        sql`UPDATE "${t.stream}" SET "first" = ?, oldest_at = ? WHERE tenant = ? AND stream = ?`,
        first,
        oldestAt,
        tenant,
        stream,
      ),
    /**
     * Locked first: what is looked up then is what stands when nobody can add to it any more, or has taken the rest of its
     * entries. Looked up by a statement that only reads: one that deletes would wait for what others are deleting.
     */
    *deleteOrphans(ids: readonly Pair[]): Steps<void> {
      yield* askSet(lockOrphans, ids);
      const orphans = yield* askSet(findOrphans, ids);
      yield* askSet(
        deleteMessages,
        orphans.map(({ tenant, id }) => [tenant, id]),
      );
    },
    sparedMessages: (limit) =>
      ask(sql`SELECT tenant, id FROM "${t.spared}" FORCE INDEX (by_time) ORDER BY "at" LIMIT ?`, limit),
    *spareMessages(ids: readonly Pair[], now: number): Steps<void> {
      yield* askSet(forget, ids);
      const spared = yield* askSet(bereft, ids);
      yield* insertRows(
        sql`INSERT INTO "${t.spared}" (tenant, id, "at")`,
        spared.map(({ tenant, id }) => [tenant, id, now]),
      );
    },
    *deleteKeys(keptUntilBefore: number, limit: number): Steps<Row[]> {
      const removed: Row[] = yield step(`SELECT 1 AS removed ${expired}`, keptUntilBefore, limit);
      if (removed.length > 0) yield step(`DELETE ${expired}`, keptUntilBefore, removed.length);
      return removed;
    },
  };
}
