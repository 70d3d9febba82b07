import { FAN_OUT } from 'push-core';
import type { EraseDialect, Erasable, Where } from './erase-dialect.js';
import { ask, step, type Steps } from './steps.js';
import type { Row } from './sql-connection.js';
import type { TableNames } from './table-names.js';
import type { Keyed, Tongue } from './tongue.js';

const KEYS: Readonly<Record<Erasable, readonly string[]>> = {
  message: ['tenant', 'id'],
  entry: ['tenant', 'stream', 'seq'],
  stream: ['tenant', 'stream'],
  idempotency: ['tenant', 'key'],
  cursor: ['tenant', 'stream', 'user', 'device'],
  device: ['tenant', 'user', 'device'],
  token: ['tenant', 'digest'],
  subscription: ['tenant', 'topic', 'user'],
  follow: ['tenant', 'user', 'device', 'topic'],
  readMark: ['tenant', 'stream', 'thread', 'user'],
  presence: ['tenant', 'user', 'device'],
  preference: ['tenant', 'user'],
  notification: ['tenant', 'message_id', 'user', 'device'],
  revocation: ['tenant', 'user'],
  job: ['tenant', 'id', 'kind'],
  spared: ['tenant', 'id'],
  setting: ['tenant', 'name'],
  ticket: ['digest'],
};

const NUMBERED: ReadonlySet<Erasable> = new Set<Erasable>(['message', 'notification', 'job']);

/** Erasing, as any of the databases is told to. */
export function eraseStatements(t: TableNames, tongue: Tongue): EraseDialect {
  const { say, contains, among, numbers, orReplace, remove, byMessage, notificationsOf } = tongue;
  const keyed = (table: Erasable): Keyed => ({ table: t[table], key: KEYS[table], isNumbered: NUMBERED.has(table) });
  const told = (text: string, ...parameters: unknown[]): Steps<Row[]> => ask(say(text), ...parameters);
  /** `until` null: to the end. */
  const upTo = (column: string, until: string | null) => (until === null ? '' : `AND ${column} <= ?`);
  const bounds = (after: string, until: string | null) => (until === null ? [after] : [after, until]);

  return {
    renewals: (buckets) => told(`SELECT bucket, mark FROM "${t.renewal}" WHERE ${among('bucket')}`, numbers(buckets)),
    putRenewal: (bucket, mark) =>
      told(`INSERT INTO "${t.renewal}" (bucket, mark) VALUES (?, ?) ${orReplace('bucket', 'mark')}`, bucket, mark),
    eraseRows(table: Erasable, where: Where, limit: number): Steps<number> {
      const condition = Object.keys(where)
        .map((column) => `"${column}" = ?`)
        .join(' AND ');
      return remove(keyed(table), condition, Object.values(where), limit);
    },
    eraseNotifications: (tenant, user, limit) =>
      remove(keyed('notification'), notificationsOf.condition, notificationsOf.parameters(tenant, user), limit),
    *lockStream(tenant: string, stream: string): Steps<Row[]> {
      yield step(say(`UPDATE "${t.stream}" SET head = head WHERE tenant = ? AND stream = ?`), tenant, stream);
      return yield step(say(`SELECT head FROM "${t.stream}" WHERE tenant = ? AND stream = ?`), tenant, stream);
    },
    oldestEntries: (tenant, stream, limit) =>
      told(
        `SELECT seq, message_id FROM "${t.entry}" WHERE tenant = ? AND stream = ? ORDER BY seq LIMIT ?`,
        tenant,
        stream,
        limit,
      ),
    streamsOf: (tenant, after, limit) =>
      told(
        `SELECT stream FROM "${t.stream}" WHERE tenant = ? AND stream > ? ORDER BY stream LIMIT ?`,
        tenant,
        after,
        limit,
      ),
    keysEnd: (tenant, after, limit) =>
      told(
        `SELECT "key" FROM "${t.idempotency}" WHERE tenant = ? AND "key" > ? ORDER BY "key" LIMIT 1 OFFSET ?`,
        tenant,
        after,
        limit - 1,
      ),
    keysNaming: (tenant, after, until, name) =>
      told(
        `SELECT k."key", m.audience, m.accepted_at FROM "${t.idempotency}" k
        JOIN "${t.message}" m ON m.tenant = k.tenant AND m.id = k.message_id
        WHERE k.tenant = ? AND k."key" > ? ${upTo('k."key"', until)} AND ${contains('m.audience')}`,
        tenant,
        ...bounds(after, until),
        name,
      ),
    messagesEnd: (tenant, after, limit) =>
      told(
        `SELECT id FROM "${t.message}" WHERE tenant = ? AND id > ? ORDER BY id LIMIT 1 OFFSET ?`,
        tenant,
        after,
        limit - 1,
      ),
    messagesNaming: (tenant, after, until, name) =>
      told(
        `SELECT id, audience, notification, accepted_at FROM "${t.message}"
        WHERE tenant = ? AND id > ? ${upTo('id', until)} AND (${contains('audience')} OR ${contains('notification')})`,
        tenant,
        ...bounds(after, until),
        name,
        name,
      ),
    setAudience: (tenant, id, audience, notification) =>
      told(
        `UPDATE "${t.message}" SET audience = ?, notification = CASE WHEN notification IS NULL THEN NULL ELSE ? END
        WHERE tenant = ? AND id = ?`,
        audience,
        notification,
        tenant,
        id,
      ),
    filtersNaming: (tenant, id, name) =>
      told(
        `SELECT stream, seq, "filter" FROM "${t.entry}" ${byMessage(t.entry)}
        WHERE tenant = ? AND message_id = ? AND ${contains('"filter"')}`,
        tenant,
        id,
        name,
      ),
    setFilter: (tenant, stream, seq, filter) =>
      told(
        `UPDATE "${t.entry}" SET "filter" = ? WHERE tenant = ? AND stream = ? AND seq = ?`,
        filter,
        tenant,
        stream,
        seq,
      ),
    fanOutsNaming: (tenant, name, until) =>
      told(
        `SELECT w.id FROM "${t.job}" w JOIN "${t.message}" m ON m.tenant = w.tenant AND m.id = w.id
        WHERE w.tenant = ? AND w.kind = ? AND w.died_at IS NULL AND m.accepted_at <= ?
          AND ${contains('m.audience')} LIMIT 1`,
        tenant,
        FAN_OUT,
        until,
        name,
      ),
    ticketsNaming: (name) => told(`SELECT digest, identity FROM "${t.ticket}" WHERE ${contains('identity')}`, name),
    dropRevocations: (before, from, until) =>
      told(`DELETE FROM "${t.revocation}" WHERE "at" < ? AND "user" >= ? AND "user" < ?`, before, from, until),
  };
}
