import { messageFields } from '../message-row.js';
import type { Row } from '../sql-connection.js';
import type { HeadMove, MovedHead, NewEntry, NewMessage, SqlDialect } from '../sql-dialect.js';
import { ask, step, type Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { sql } from './names.js';
import { askSet, insertRows, setOf } from './sets.js';

type AppendStatements = Pick<
  SqlDialect,
  | 'epoch'
  | 'epochBefore'
  | 'initEpoch'
  | 'usedKeys'
  | 'insertKeys'
  | 'insertMessages'
  | 'lockMessages'
  | 'releaseMessages'
  | 'join'
>;

export function appendStatements(t: TableNames): AppendStatements {
  const usedKeys = sql`SELECT j.no - 1 AS "at", k.fingerprint, k.message_id, k.accepted_at FROM ${setOf('tenant', 'key')}
    STRAIGHT_JOIN "${t.idempotency}" k FORCE INDEX (PRIMARY)
    ON k.tenant = j.tenant AND k."key" = CAST(j."key" AS BINARY)`;
  const ofIds = sql`${setOf('tenant', 'id')} STRAIGHT_JOIN "${t.message}" m FORCE INDEX (PRIMARY)
    ON m.tenant = j.tenant AND m.id = j.id`;
  const messagesById = sql`SELECT j.no - 1 AS "at", m.accepted_at, m.held_until FROM ${ofIds}`;
  const insertMessages = sql`INSERT INTO "${t.message}" (tenant, id, "type", thread, "data", audience, notification,
    "options", accepted_at, expires_at, due_at, held_until)`;
  const insertStreams = sql`INSERT INTO "${t.stream}" (tenant, stream, head, oldest_at, "first", renewal)`;
  const newStream = sql`(?, ?, ?, ?, ?, (SELECT r.mark FROM "${t.renewal}" r WHERE r.bucket = ?))`;
  const moveHeads = sql`ON DUPLICATE KEY UPDATE head = head + VALUES(head),
    oldest_at = COALESCE(oldest_at, VALUES(oldest_at))`;
  const headOf = sql`SELECT head, renewal FROM "${t.stream}" WHERE tenant = ? AND stream = ?`;
  const headsOf = sql`SELECT j.no - 1 AS "at", s.head, s.renewal FROM ${setOf('tenant', 'stream')}
    STRAIGHT_JOIN "${t.stream}" s FORCE INDEX (PRIMARY) ON s.tenant = j.tenant AND s.stream = j.stream`;
  const insertEntries = sql`INSERT INTO "${t.entry}" (tenant, stream, seq, message_id, thread, joined_at, "filter")`;

  return {
    epoch: () => ask(sql`SELECT "value" FROM "${t.meta}" WHERE "name" = 'epoch'`),
    epochBefore: () => ask(sql`SELECT "value" FROM "${t.meta}" WHERE "name" = 'epoch_before'`),
    initEpoch: (epoch) =>
      ask(
        sql`INSERT INTO "${t.meta}" ("name", "value") VALUES ('epoch', ?) ON DUPLICATE KEY UPDATE "name" = "name"`,
        epoch,
      ),
    /** The key is compared byte for byte: it may end in spaces. */
    usedKeys: (keys) => askSet(usedKeys, keys),
    insertKeys: (rows) =>
      insertRows(
        sql`INSERT INTO "${t.idempotency}" (tenant, "key", fingerprint, message_id, accepted_at, keep_until)`,
        rows,
      ),
    /** An id that somebody else is inserting at this moment fails the unit, which finds it stored when it is told again. */
    *insertMessages(messages: readonly NewMessage[]): Steps<Row[]> {
      const ids = messages.map(({ message }) => [message.tenant, message.id]);
      const known = yield* askSet(messagesById, ids);
      const stored = new Set(known.map((row) => row.at as number));
      const fresh = messages.filter((_, at) => !stored.has(at));
      yield* insertRows(
        insertMessages,
        fresh.map(({ message, held }) => messageFields(message, held)),
      );
      return known;
    },
    lockMessages: (ids) => askSet(`${messagesById} FOR UPDATE`, ids),
    releaseMessages: (ids) => askSet(sql`UPDATE ${ofIds} SET m.held_until = NULL`, ids),
    /**
     * The insert is what locks: a stream that is there is locked as it is found, one that is not as it is made, both in the
     * given order. What is read afterwards cannot be changed by anybody else.
     */
    *join(moves: readonly HeadMove[], entries: readonly NewEntry[]): Steps<MovedHead[]> {
      const heads = new Array<MovedHead>(moves.length);
      yield* insertRows(
        insertStreams,
        moves.map(({ tenant, stream, count, age, bucket }) => [tenant, stream, count, age, 1, bucket]),
        moveHeads,
        newStream,
      );
      const [only] = moves;
      if (only && moves.length === 1) {
        const [row] = yield step(headOf, only.tenant, only.stream);
        heads[0] = row as unknown as MovedHead;
      } else {
        const streams = moves.map(({ tenant, stream }) => [tenant, stream]);
        for (const row of yield* askSet(headsOf, streams)) heads[row.at as number] = row as unknown as MovedHead;
      }
      yield* insertRows(
        insertEntries,
        entries.map(({ head, rank, messageId, thread, joinedAt, filter }) => {
          const { tenant, stream, count } = moves[head] as HeadMove;
          return [tenant, stream, (heads[head] as MovedHead).head - count + rank, messageId, thread, joinedAt, filter];
        }),
      );
      return heads;
    },
  };
}
