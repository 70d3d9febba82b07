import { messageFields } from '../message-row.js';
import { pair } from '../pair.js';
import type { Row } from '../sql-connection.js';
import type { HeadMove, MovedHead, NewEntry, NewMessage, SqlDialect } from '../sql-dialect.js';
import { ask, step, type Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { batches, inBatches } from './batches.js';
import { chunks } from './chunks.js';
import { fields, MESSAGE_COLUMNS, places } from './columns.js';

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
  /** By position in the given array: a key may hold characters that do not come back. */
  const messagesById = `SELECT j.key AS at, m.accepted_at, m.held_until FROM json_each(?) j
    CROSS JOIN "${t.message}" m ON m.tenant = j.value ->> 0 AND m.id = j.value ->> 1`;
  /** For so many messages; binding fields one by one is twice as fast as taking them out of a JSON text. */
  const insertMessages = (rows: number) => `INSERT INTO "${t.message}" (${MESSAGE_COLUMNS}, held_until)
    VALUES ${Array.from({ length: rows }, () => places(12)).join()}`;
  const moveHeads = `INSERT INTO "${t.stream}" (tenant, stream, head, first, oldest_at, renewal)
    SELECT value ->> 0, value ->> 1, value ->> 2, 1, value ->> 3,
      (SELECT r.mark FROM "${t.renewal}" r WHERE r.bucket = value ->> 4) FROM json_each(?) WHERE true
    ON CONFLICT (tenant, stream) DO UPDATE SET head = head + excluded.head
    RETURNING tenant, stream, head, oldest_at, renewal`;
  const refillStream = `UPDATE "${t.stream}" SET oldest_at = ? WHERE tenant = ? AND stream = ?`;
  const insertEntries = `INSERT INTO "${t.entry}" (tenant, stream, seq, message_id, thread, joined_at, filter)
    SELECT ${fields(7)} FROM json_each(?)`;

  return {
    epoch: () => ask(`SELECT value FROM "${t.meta}" WHERE name = 'epoch'`),
    epochBefore: () => ask(`SELECT value FROM "${t.meta}" WHERE name = 'epoch_before'`),
    initEpoch: (epoch) =>
      ask(`INSERT INTO "${t.meta}" (name, value) VALUES ('epoch', ?) ON CONFLICT DO NOTHING`, epoch),
    usedKeys: (keys) =>
      ask(
        `SELECT j.key AS at, k.fingerprint, k.message_id, k.accepted_at FROM json_each(?) j
        CROSS JOIN "${t.idempotency}" k ON k.tenant = j.value ->> 0 AND k.key = j.value ->> 1`,
        JSON.stringify(keys),
      ),
    insertKeys: (rows) =>
      inBatches(
        `INSERT INTO "${t.idempotency}" (tenant, key, fingerprint, message_id, accepted_at, keep_until)
        SELECT ${fields(6)} FROM json_each(?)`,
        rows,
      ),
    *insertMessages(messages: readonly NewMessage[]): Steps<Row[]> {
      const ids = messages.map(({ message }) => [message.tenant, message.id]);
      const known: Row[] = yield step(messagesById, JSON.stringify(ids));
      const stored = new Set(known.map((row) => row.at as number));
      const fresh = messages.filter((_, at) => !stored.has(at));
      const parameters = fresh.flatMap(({ message, held }) => messageFields(message, held));
      for (const [rows, chunk] of chunks(fresh.length, parameters)) yield step(insertMessages(rows), ...chunk);
      return known;
    },
    lockMessages: (ids) => ask(messagesById, JSON.stringify(ids)),
    releaseMessages: (ids) =>
      ask(
        `UPDATE "${t.message}" SET held_until = NULL
        WHERE (tenant, id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))`,
        JSON.stringify(ids),
      ),
    *join(moves: readonly HeadMove[], entries: readonly NewEntry[]): Steps<MovedHead[]> {
      const positions = new Map(moves.map(({ tenant, stream }, at) => [pair(tenant, stream), at]));
      const heads = new Array<MovedHead>(moves.length);
      for (const json of batches(moves.map((one) => [one.tenant, one.stream, one.count, one.age, one.bucket]))) {
        for (const row of yield step(moveHeads, json)) {
          const at = positions.get(pair(row.tenant, row.stream)) as number;
          heads[at] = { head: row.head as number, renewal: row.renewal as string | null };
          if (row.oldest_at === null) yield step(refillStream, moves[at]?.age, row.tenant, row.stream);
        }
      }
      const rows = entries.map(({ head, rank, messageId, thread, joinedAt, filter }) => {
        const { tenant, stream, count } = moves[head] as HeadMove;
        return [tenant, stream, (heads[head] as MovedHead).head - count + rank, messageId, thread, joinedAt, filter];
      });
      for (const json of batches(rows)) yield step(insertEntries, json);
      return heads;
    },
  };
}
