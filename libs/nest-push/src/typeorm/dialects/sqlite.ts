import type { TableNames } from '../table-names.js';
import { sqliteState } from './sqlite-state.js';

const MESSAGE_COLUMNS =
  'tenant, id, type, thread, data, audience, notification, options, accepted_at, expires_at, due_at';

/** `value ->> 0, value ->> 1, …`: the fields of one row of a JSON array of arrays. */
const fields = (count: number): string => Array.from({ length: count }, (_, i) => `value ->> ${i}`).join(', ');

/** `(?, ?, …)` */
const places = (count: number): string => `(${Array.from({ length: count }, () => '?').join()})`;

/**
 * Every statement for SQLite 3.38 or newer. Sets travel as one JSON text (`json_each`), so the statement count does not
 * grow with the number of rows. `WHERE true` keeps `ON CONFLICT` from being read as the `ON` of a join.
 */
export function sqliteDialect(t: TableNames) {
  const message = [...MESSAGE_COLUMNS.split(', '), 'recalled_at'].map((column) => `m.${column}`).join(', ');
  const insertMessage = `INSERT INTO "${t.message}" (${MESSAGE_COLUMNS}, held_until)`;
  return {
    // ---- append
    epoch: `SELECT value FROM "${t.meta}" WHERE name = 'epoch'`,
    initEpoch: `INSERT INTO "${t.meta}" (name, value) VALUES ('epoch', ?) ON CONFLICT DO NOTHING`,
    /** By position in the given array: a key may hold characters that do not come back. */
    usedKeys: `SELECT j.key AS at, k.fingerprint, k.message_id, k.accepted_at FROM json_each(?) j
      CROSS JOIN "${t.idempotency}" k ON k.tenant = j.value ->> 0 AND k.key = j.value ->> 1`,
    /** For so many messages; binding fields one by one is twice as fast as taking them out of a JSON text. */
    insertMessages: (rows: number) =>
      `${insertMessage} VALUES ${Array.from({ length: rows }, () => places(12)).join()}`,
    messagesById: `SELECT j.key AS at, m.accepted_at, m.held_until FROM json_each(?) j
      CROSS JOIN "${t.message}" m ON m.tenant = j.value ->> 0 AND m.id = j.value ->> 1`,
    releaseMessages: `UPDATE "${t.message}" SET held_until = NULL
      WHERE (tenant, id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))`,
    /** Rows of tenant, stream, number of new entries, `joined_at` of the first of them. */
    moveHeads: `INSERT INTO "${t.stream}" (tenant, stream, head, first, oldest_at)
      SELECT value ->> 0, value ->> 1, value ->> 2, 1, value ->> 3 FROM json_each(?) WHERE true
      ON CONFLICT (tenant, stream) DO UPDATE SET head = head + excluded.head
      RETURNING tenant, stream, head, oldest_at`,
    refillStream: `UPDATE "${t.stream}" SET oldest_at = ? WHERE tenant = ? AND stream = ?`,
    insertEntries: `INSERT INTO "${t.entry}" (tenant, stream, seq, message_id, thread, joined_at, filter)
      SELECT ${fields(7)} FROM json_each(?)`,
    insertKeys: `INSERT INTO "${t.idempotency}" (tenant, key, fingerprint, message_id, accepted_at, keep_until)
      SELECT ${fields(6)} FROM json_each(?)`,

    // ---- read
    states: `SELECT j.key AS at, s.head, s.first FROM json_each(?) j
      CROSS JOIN "${t.stream}" s ON s.tenant = j.value ->> 0 AND s.stream = j.value ->> 1`,
    entries: `SELECT e.seq, e.filter, ${message} FROM "${t.entry}" e
      CROSS JOIN "${t.message}" m ON m.tenant = e.tenant AND m.id = e.message_id
      WHERE e.tenant = ? AND e.stream = ? AND e.seq > ? ORDER BY e.seq LIMIT ?`,
    entriesOfThread: `SELECT e.seq, e.filter, ${message} FROM "${t.entry}" e
      CROSS JOIN "${t.message}" m ON m.tenant = e.tenant AND m.id = e.message_id
      WHERE e.tenant = ? AND e.stream = ? AND e.seq > ? AND e.thread = ? ORDER BY e.seq LIMIT ?`,
    message: `SELECT ${message}, m.held_until FROM "${t.message}" m WHERE m.tenant = ? AND m.id = ?`,
    places: `SELECT stream, seq FROM "${t.entry}" WHERE tenant = ? AND message_id = ?`,
    due: `SELECT ${message} FROM "${t.message}" m WHERE m.held_until <= ? ORDER BY m.held_until, m.no LIMIT ?`,

    // ---- recall
    held: `SELECT held_until, recalled_at FROM "${t.message}" WHERE tenant = ? AND id = ?`,
    cancel: `DELETE FROM "${t.message}" WHERE tenant = ? AND id = ?`,
    recall: `UPDATE "${t.message}" SET data = NULL, notification = NULL, recalled_at = ? WHERE tenant = ? AND id = ?`,
    recalledSince: `SELECT e.stream, e.seq, m.id, m.recalled_at FROM json_each(?) j
      CROSS JOIN "${t.message}" m ON m.tenant = j.value ->> 0 AND m.recalled_at >= ?
      CROSS JOIN "${t.entry}" e ON e.tenant = m.tenant AND e.message_id = m.id AND e.stream = j.value ->> 1
      ORDER BY m.recalled_at`,

    // ---- trim
    agedStreams: `SELECT tenant, stream, head, first FROM "${t.stream}" WHERE oldest_at < ? ORDER BY oldest_at LIMIT ?`,
    longStreams: `SELECT tenant, stream, head, first FROM "${t.stream}" WHERE head - first >= ? LIMIT ?`,
    firstYoung: `SELECT seq, joined_at FROM "${t.entry}"
      WHERE tenant = ? AND stream = ? AND seq >= ? AND seq < ? AND joined_at >= ? ORDER BY seq LIMIT 1`,
    joinedAt: `SELECT joined_at FROM "${t.entry}" WHERE tenant = ? AND stream = ? AND seq = ?`,
    deleteEntries: `DELETE FROM "${t.entry}" WHERE tenant = ? AND stream = ? AND seq < ? RETURNING message_id`,
    moveFirst: `UPDATE "${t.stream}" SET first = ?, oldest_at = ? WHERE tenant = ? AND stream = ?`,
    deleteOrphans: `DELETE FROM "${t.message}"
      WHERE (tenant, id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?)) AND held_until IS NULL
      AND NOT EXISTS (SELECT 1 FROM "${t.entry}" e WHERE e.tenant = "${t.message}".tenant
        AND e.message_id = "${t.message}".id)`,
    deleteKeys: `DELETE FROM "${t.idempotency}" WHERE (tenant, key) IN
      (SELECT tenant, key FROM "${t.idempotency}" WHERE keep_until < ? LIMIT ?) RETURNING 1`,

    // ---- cursors
    cursors: `SELECT stream, epoch, seq FROM "${t.cursor}" WHERE tenant = ? AND user = ? AND device = ?`,
    advance: `INSERT INTO "${t.cursor}" (tenant, stream, user, device, epoch, seq, began)
      SELECT ${fields(7)} FROM json_each(?) WHERE true
      ON CONFLICT (tenant, stream, user, device) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq,
        began = CASE epoch WHEN excluded.epoch THEN began ELSE excluded.began END
      WHERE epoch <> excluded.epoch OR (seq < excluded.seq AND excluded.began = 0)`,
    reached: `SELECT count(DISTINCT user) AS users FROM "${t.cursor}"
      WHERE tenant = ?1 AND stream = ?2 AND epoch = ?3 AND seq >= ?4 AND began < ?4`,
    dropCursors: `DELETE FROM "${t.cursor}" WHERE (tenant, stream, user, device) IN
      (SELECT tenant, stream, user, device FROM "${t.cursor}" WHERE tenant = ? AND user = ? AND device = ?)`,

    // ---- devices
    putDevice: `INSERT INTO "${t.device}" (tenant, user, device, platform, tokens, locale, time_zone, app_version,
        registered_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (tenant, user, device) DO UPDATE SET platform = excluded.platform, tokens = excluded.tokens,
        locale = excluded.locale, time_zone = excluded.time_zone, app_version = excluded.app_version,
        updated_at = excluded.updated_at RETURNING registered_at`,
    devices: `SELECT * FROM "${t.device}" WHERE tenant = ? AND user = ? ORDER BY device`,
    removeDevice: `DELETE FROM "${t.device}" WHERE tenant = ? AND user = ? AND device = ? RETURNING 1`,

    // ---- topics
    subscribe: `INSERT INTO "${t.subscription}" (tenant, topic, user, since, subscribed_at)
      SELECT ?1, ?2, value, coalesce((SELECT head FROM "${t.stream}" WHERE tenant = ?1 AND stream = ?2), 0), ?3
      FROM json_each(?4) WHERE true ON CONFLICT DO NOTHING RETURNING user`,
    unsubscribe: `DELETE FROM "${t.subscription}" WHERE tenant = ? AND topic = ?
      AND user IN (SELECT value FROM json_each(?)) RETURNING user`,
    subscribers: `SELECT user, subscribed_at FROM "${t.subscription}"
      WHERE tenant = ? AND topic = ? AND user > ? ORDER BY user LIMIT ?`,
    countSubscribers: `SELECT count(*) AS users FROM "${t.subscription}" WHERE tenant = ? AND topic = ?`,
    subscriptions: `SELECT topic, since FROM "${t.subscription}" WHERE tenant = ? AND user = ?`,
    setFollow: `INSERT INTO "${t.follow}" (tenant, user, device, topic, following) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (tenant, user, device, topic) DO UPDATE SET following = excluded.following`,
    follows: `SELECT topic, following FROM "${t.follow}" WHERE tenant = ? AND user = ? AND device = ?`,
    dropFollows: `DELETE FROM "${t.follow}" WHERE tenant = ? AND user = ? AND device = ?`,

    ...sqliteState(t),
  };
}

export type SqliteDialect = ReturnType<typeof sqliteDialect>;
