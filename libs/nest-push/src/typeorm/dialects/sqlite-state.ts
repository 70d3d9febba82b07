import type { TableNames } from '../table-names.js';

/** `online_until` of a connection that has no end of its own. */
export const ENDLESS = Number.MAX_SAFE_INTEGER;

/** Statements of read marks, presence and access; see `sqliteDialect`. */
export function sqliteState(t: TableNames) {
  return {
    // ---- read marks
    /** Rows of tenant, stream, thread, user. */
    marks: `SELECT j.key AS at, r.epoch, r.seq FROM json_each(?) j
      CROSS JOIN "${t.readMark}" r ON r.tenant = j.value ->> 0 AND r.stream = j.value ->> 1
        AND r.thread = j.value ->> 2 AND r.user = j.value ->> 3`,
    putMarks: `INSERT INTO "${t.readMark}" (tenant, stream, thread, user, epoch, seq, at)
      SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6
      FROM json_each(?) WHERE true
      ON CONFLICT (tenant, stream, thread, user) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq,
        at = excluded.at`,
    marksSince: `SELECT stream, thread, epoch, seq, at FROM "${t.readMark}"
      WHERE tenant = ? AND user = ? AND at >= ? ORDER BY at`,
    /** Requests of tenant, stream, user, since, thread, now; then the epoch. Entries with the same filter count together. */
    unread: `SELECT j.key AS at, coalesce(e.thread, '') AS thread, e.filter, count(*) AS entries FROM json_each(?1) j
      LEFT JOIN "${t.readMark}" whole ON whole.tenant = j.value ->> 0 AND whole.stream = j.value ->> 1
        AND whole.thread = '' AND whole.user = j.value ->> 2 AND whole.epoch = ?2
      CROSS JOIN "${t.entry}" e ON e.tenant = j.value ->> 0 AND e.stream = j.value ->> 1
        AND e.seq > max(j.value ->> 3, coalesce(whole.seq, 0))
      LEFT JOIN "${t.readMark}" own ON own.tenant = e.tenant AND own.stream = e.stream AND own.thread = e.thread
        AND own.user = j.value ->> 2 AND own.epoch = ?2
      CROSS JOIN "${t.message}" m ON m.tenant = e.tenant AND m.id = e.message_id
      WHERE (j.value ->> 4 IS NULL OR e.thread = j.value ->> 4) AND e.seq > coalesce(own.seq, 0)
        AND m.expires_at > j.value ->> 5 AND m.recalled_at IS NULL
      GROUP BY 1, 2, 3`,
    /** Places of stream, epoch, seq, thread; then the tenant. */
    readers: `SELECT j.key AS at, count(DISTINCT r.user) AS users FROM json_each(?1) j
      CROSS JOIN "${t.readMark}" r ON r.tenant = ?2 AND r.stream = j.value ->> 0
        AND r.thread IN ('', j.value ->> 3) AND r.epoch = j.value ->> 1 AND r.seq >= j.value ->> 2
      GROUP BY j.key`,

    // ---- presence
    putPresence: `INSERT INTO "${t.presence}" (tenant, user, device, connection, node, transport, at, online_until)
      SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7
      FROM json_each(?) WHERE true
      ON CONFLICT (tenant, user, device) DO UPDATE SET connection = excluded.connection, node = excluded.node,
        transport = excluded.transport, at = excluded.at, online_until = excluded.online_until`,
    /** As `putPresence`, but only for the connection that is stored. */
    endPresence: `UPDATE "${t.presence}" SET node = j.value ->> 4, transport = j.value ->> 5, at = j.value ->> 6,
        online_until = j.value ->> 7
      FROM json_each(?) j WHERE tenant = j.value ->> 0 AND user = j.value ->> 1 AND device = j.value ->> 2
        AND connection = j.value ->> 3`,
    presence: `SELECT j.key AS asked, p.device, p.node, p.transport, p.at, p.online_until, n.renewed_at, n.until
      FROM json_each(?2) j CROSS JOIN "${t.presence}" p ON p.tenant = ?1 AND p.user = j.value
      LEFT JOIN "${t.node}" n ON n.node = p.node ORDER BY j.key, p.device`,
    dropPresence: `DELETE FROM "${t.presence}" WHERE tenant = ? AND user = ? AND device = ?`,
    lease: `INSERT INTO "${t.node}" (node, renewed_at, until) VALUES (?, ?, ?)
      ON CONFLICT (node) DO UPDATE SET renewed_at = excluded.renewed_at, until = excluded.until`,
    lapsedNodes: `SELECT node FROM "${t.node}" WHERE until <= ?`,
    /** What the end of the node means for its connections. */
    endConnections: `UPDATE "${t.presence}" SET online_until = NULL, at = CASE online_until WHEN ${ENDLESS}
        THEN max(at, coalesce((SELECT renewed_at FROM "${t.node}" WHERE node = ?1), 0)) ELSE at END
      WHERE node = ?1 AND online_until IS NOT NULL`,
    dropNode: `DELETE FROM "${t.node}" WHERE node = ?`,

    // ---- access
    revoke: `INSERT INTO "${t.revocation}" (tenant, user, at) VALUES (?, ?, ?)
      ON CONFLICT (tenant, user) DO UPDATE SET at = excluded.at WHERE at < excluded.at`,
    revokedAt: `SELECT at FROM "${t.revocation}" WHERE tenant = ? AND user = ?`,
    revokedSince: `SELECT tenant, user, at FROM "${t.revocation}" WHERE at >= ? ORDER BY at`,
    dropTickets: `DELETE FROM "${t.ticket}" WHERE expires_at <= ?`,
    putTicket: `INSERT INTO "${t.ticket}" (digest, identity, expires_at) VALUES (?, ?, ?)
      ON CONFLICT (digest) DO UPDATE SET identity = excluded.identity, expires_at = excluded.expires_at`,
    takeTicket: `DELETE FROM "${t.ticket}" WHERE digest = ? RETURNING digest, identity, expires_at`,
  };
}
