import type { AppendOutcome, AppendRequest, Place } from 'push-core';
import type { Row, Sql } from '../sql.js';
import type { Tables } from '../tables.js';

/** Lists travel as one JSON parameter: a statement for the batch, whatever its size. */
const list = (rows: readonly unknown[]): string => JSON.stringify(rows);
const pair = (a: string, b: string): string => `${a} ${b}`;

/** As `MessageStore.append`, inside a transaction that the caller opens and ends. */
export async function append(sql: Sql, t: Tables, requests: readonly AppendRequest[]): Promise<AppendOutcome[]> {
  const outcomes: (AppendOutcome | undefined)[] = await earlier(sql, t, requests);
  const fresh = requests.filter((_, i) => outcomes[i] === undefined);
  if (fresh.length === 0) return outcomes as AppendOutcome[];

  await storeMessages(sql, t, fresh);
  const places = await storeEntries(sql, t, fresh);
  await storeKeys(sql, t, fresh);
  let next = 0;
  return outcomes.map((outcome) => outcome ?? { kind: 'stored', places: places[next++] ?? [] });
}

/** What is settled already: keys that were used, in the store or earlier in this batch, and messages released before. */
async function earlier(
  sql: Sql,
  t: Tables,
  requests: readonly AppendRequest[],
): Promise<(AppendOutcome | undefined)[]> {
  const used = await usedKeys(sql, t, requests);
  const held = await heldMessages(sql, t, requests);
  return requests.map(({ message, idempotency, when }) => {
    const { tenant, id, acceptedAt } = message;
    if (when === 'release') {
      return held.delete(pair(tenant, id)) ? undefined : { kind: 'duplicate', id, acceptedAt };
    }
    if (!idempotency) return undefined;
    const key = pair(tenant, idempotency.key);
    const before = used.get(key);
    if (!before) {
      used.set(key, { fingerprint: idempotency.fingerprint, id, acceptedAt });
      return undefined;
    }
    if (before.fingerprint !== idempotency.fingerprint) return { kind: 'conflict' };
    return { kind: 'duplicate', id: before.id, acceptedAt: before.acceptedAt };
  });
}

interface UsedKey {
  readonly fingerprint: string;
  readonly id: string;
  readonly acceptedAt: number;
}

async function usedKeys(sql: Sql, t: Tables, requests: readonly AppendRequest[]): Promise<Map<string, UsedKey>> {
  const asked = requests.filter((one) => one.idempotency && one.when !== 'release');
  if (asked.length === 0) return new Map();
  const rows = await sql.all(
    `SELECT k.tenant, k.key, k.fingerprint, k.message_id, k.accepted_at FROM json_each(?) j
     JOIN ${t.idempotency} k ON k.tenant = j.value ->> 0 AND k.key = j.value ->> 1 AND k.keep_until > j.value ->> 2`,
    [list(asked.map(({ message, idempotency }) => [message.tenant, idempotency?.key, message.acceptedAt]))],
  );
  return new Map(
    rows.map((row) => [
      pair(String(row.tenant), String(row.key)),
      { fingerprint: String(row.fingerprint), id: String(row.message_id), acceptedAt: Number(row.accepted_at) },
    ]),
  );
}

async function heldMessages(sql: Sql, t: Tables, requests: readonly AppendRequest[]): Promise<Set<string>> {
  const released = requests.filter((one) => one.when === 'release');
  if (released.length === 0) return new Set();
  const rows = await sql.all(
    `UPDATE ${t.message} SET held = 0 WHERE held = 1 AND (tenant, id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?)) RETURNING tenant, id`,
    [list(released.map(({ message }) => [message.tenant, message.id]))],
  );
  return new Set(rows.map((row) => pair(String(row.tenant), String(row.id))));
}

async function storeMessages(sql: Sql, t: Tables, fresh: readonly AppendRequest[]): Promise<void> {
  const rows = fresh
    .filter((one) => one.when !== 'release')
    .map(({ message: m, when }) => [
      m.tenant,
      m.id,
      m.type,
      m.thread ?? null,
      m.data ?? null,
      JSON.stringify(m.to),
      m.notification ? JSON.stringify(m.notification) : null,
      JSON.stringify(m.options),
      m.acceptedAt,
      m.expiresAt,
      m.dueAt ?? null,
      when === 'hold' ? 1 : 0,
    ]);
  if (rows.length === 0) return;
  const columns = rows[0]?.map((_, i) => `value ->> ${i}`).join(', ');
  await sql.all(
    `INSERT INTO ${t.message} (tenant, id, type, thread, data, audience, notification, options, accepted_at, expires_at, due_at, held)
     SELECT ${columns} FROM json_each(?)`,
    [list(rows)],
  );
}

/** Moves the heads, then numbers the entries in the order of the requests. Places by request. */
async function storeEntries(sql: Sql, t: Tables, fresh: readonly AppendRequest[]): Promise<Place[][]> {
  const counts = new Map<string, [tenant: string, stream: string, count: number]>();
  const joining = fresh.filter((one) => one.when !== 'hold');
  for (const { message, targets } of joining) {
    for (const { stream } of targets) {
      const key = pair(message.tenant, stream);
      const counted = counts.get(key);
      if (counted) counted[2]++;
      else counts.set(key, [message.tenant, stream, 1]);
    }
  }
  if (counts.size === 0) return fresh.map(() => []);

  const heads = await moveHeads(sql, t, [...counts.values()]);
  const entries: unknown[] = [];
  const places = fresh.map(({ message, targets, when }) =>
    (when === 'hold' ? [] : targets).map(({ stream, filter }): Place => {
      const head = heads.get(pair(message.tenant, stream)) as { epoch: string; next: number };
      const seq = head.next++;
      entries.push([
        message.tenant,
        stream,
        seq,
        message.id,
        filter ? JSON.stringify(filter) : null,
        message.acceptedAt,
      ]);
      return { stream, epoch: head.epoch, seq };
    }),
  );
  await sql.all(
    `INSERT INTO ${t.entry} (tenant, stream, seq, message_id, filter, accepted_at)
     SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each(?)`,
    [list(entries)],
  );
  return places;
}

async function moveHeads(
  sql: Sql,
  t: Tables,
  counts: readonly [string, string, number][],
): Promise<Map<string, { epoch: string; next: number }>> {
  const rows = await sql.all(
    `INSERT INTO ${t.stream} (tenant, stream, epoch, head, first)
     SELECT value ->> 0, value ->> 1, (SELECT value FROM ${t.meta} WHERE name = 'epoch'), value ->> 2, 1 FROM json_each(?) WHERE true
     ON CONFLICT (tenant, stream) DO UPDATE SET head = head + excluded.head RETURNING tenant, stream, epoch, head`,
    [list(counts)],
  );
  const by = new Map(counts.map(([tenant, stream, count]) => [pair(tenant, stream), count]));
  return new Map(
    rows.map((row: Row) => {
      const key = pair(String(row.tenant), String(row.stream));
      return [key, { epoch: String(row.epoch), next: Number(row.head) - (by.get(key) ?? 0) + 1 }];
    }),
  );
}

async function storeKeys(sql: Sql, t: Tables, fresh: readonly AppendRequest[]): Promise<void> {
  const keys = fresh.flatMap(({ message, idempotency, when }) =>
    idempotency && when !== 'release'
      ? [
          [
            message.tenant,
            idempotency.key,
            idempotency.fingerprint,
            message.id,
            message.acceptedAt,
            idempotency.keepUntil,
          ],
        ]
      : [],
  );
  if (keys.length === 0) return;
  // A key that is past its time may still be there: it is taken over.
  await sql.all(
    `INSERT OR REPLACE INTO ${t.idempotency} (tenant, key, fingerprint, message_id, accepted_at, keep_until)
     SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each(?)`,
    [list(keys)],
  );
}
