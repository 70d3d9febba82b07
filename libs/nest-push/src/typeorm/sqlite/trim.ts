import type { TrimRequest } from 'push-core';
import type { Row, Sql } from '../sql.js';
import type { Tables } from '../tables.js';

const STREAMS_PER_CALL = 200;

/** As `MessageStore.trim`, inside a transaction. */
export async function trim(sql: Sql, t: Tables, request: TrimRequest): Promise<number> {
  let left = request.limit;
  for (const stream of await overfull(sql, t, request)) {
    if (left <= 0) break;
    left -= await shorten(sql, t, stream, left);
  }
  await sql.all(
    `DELETE FROM ${t.idempotency} WHERE (tenant, key) IN (SELECT tenant, key FROM ${t.idempotency} WHERE keep_until <= ? LIMIT ?)`,
    [request.now, request.limit],
  );
  return request.limit - left;
}

/** Streams whose oldest entry is too old, or one too many; with the first `seq` that may stay. */
function overfull(sql: Sql, t: Tables, { acceptedBefore, keepPerStream }: TrimRequest): Promise<Row[]> {
  return sql.all(
    `SELECT s.tenant, s.stream, s.first, max(s.head - ?2 + 1, coalesce((SELECT min(e.seq) FROM ${t.entry} e
         WHERE e.tenant = s.tenant AND e.stream = s.stream AND e.accepted_at >= ?1), s.head + 1)) AS keep_from
     FROM ${t.stream} s JOIN ${t.entry} o ON o.tenant = s.tenant AND o.stream = s.stream AND o.seq = s.first
     WHERE s.head - s.first + 1 > ?2 OR o.accepted_at < ?1 LIMIT ${STREAMS_PER_CALL}`,
    [acceptedBefore, keepPerStream],
  );
}

async function shorten(sql: Sql, t: Tables, stream: Row, limit: number): Promise<number> {
  const [tenant, name] = [String(stream.tenant), String(stream.stream)];
  const first = Math.min(Number(stream.keep_from), Number(stream.first) + limit);
  const removed = await sql.all(
    `DELETE FROM ${t.entry} WHERE tenant = ? AND stream = ? AND seq < ? RETURNING message_id`,
    [tenant, name, first],
  );
  await sql.all(`UPDATE ${t.stream} SET first = ? WHERE tenant = ? AND stream = ?`, [first, tenant, name]);
  await sql.all(
    `DELETE FROM ${t.message} WHERE tenant = ? AND id IN (SELECT value FROM json_each(?))
       AND NOT EXISTS (SELECT 1 FROM ${t.entry} e WHERE e.tenant = ${t.message}.tenant AND e.message_id = ${t.message}.id)`,
    [tenant, JSON.stringify(removed.map((row) => row.message_id))],
  );
  return removed.length;
}
