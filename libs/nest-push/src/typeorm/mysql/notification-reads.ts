import { NOTIFICATION_COLUMNS } from '../notification-row.js';
import type { NotificationDialect } from '../notification-dialect.js';
import type { Row } from '../sql-connection.js';
import { ask, step, type Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { sql } from './names.js';
import { askSet, pieces, setOf } from './sets.js';

type NotificationReads = Pick<
  NotificationDialect,
  | 'notifications'
  | 'countNotifications'
  | 'outstandingNotifications'
  | 'sentNotifications'
  | 'recentNotifications'
  | 'notificationNamed'
  | 'deadNotifications'
  | 'waitingNotifications'
  | 'countOpenNotifications'
>;

type Rows = readonly (readonly unknown[])[];

/** Ranges in one statement. */
const RANGES = 50;

/** The columns of a notification `n`. */
export const COLUMNS = NOTIFICATION_COLUMNS.map((name) => sql`n."${name}"`).join(', ');

export function notificationReads(t: TableNames): NotificationReads {
  const rows = (index: string) => sql`SELECT ${COLUMNS} FROM "${t.notification}" n FORCE INDEX (${index})`;
  const page = sql`${rows('PRIMARY')} WHERE n.tenant = ? AND n.message_id = ?`;
  const outstanding = sql`(SELECT CAST(? AS SIGNED) AS "at", ${COLUMNS}
    FROM "${t.notification}" n FORCE INDEX (by_outstanding)
    WHERE n.tenant = ? AND n."user" = ? AND n.created_at >= ? AND n.state = 'accepted' AND n.retracted_at IS NULL
    ORDER BY n.created_at LIMIT ?)`;
  const byAge = (a: Row, b: Row) =>
    (a.at as number) - (b.at as number) || (a.created_at as number) - (b.created_at as number);

  return {
    /** A row is compared field by field: as a whole it would be looked for among all of the message. */
    notifications: (tenant, messageId, user, [afterUser, afterDevice], limit) =>
      user === null
        ? ask(
            sql`${page} AND n."user" >= ? AND (n."user" > ? OR n.device > ?) ORDER BY n."user", n.device LIMIT ?`,
            ...[tenant, messageId, afterUser, afterUser, afterDevice, limit],
          )
        : ask(
            sql`${page} AND n."user" = ? AND (n."user" > ? OR (n."user" = ? AND n.device > ?)) ORDER BY n.device LIMIT ?`,
            ...[tenant, messageId, user, afterUser, afterUser, afterDevice, limit],
          ),
    countNotifications: (tenant, messageIds) =>
      askSet(
        sql`SELECT u."at", SUM(u.accepted) AS notified, SUM(u.failed > u.accepted) AS failed FROM (
          SELECT j.no - 1 AS "at", MAX(n.state = 'accepted') AS accepted, MAX(n.state IN ('failed', 'dead')) AS failed
          FROM ${setOf('id')} STRAIGHT_JOIN "${t.notification}" n FORCE INDEX (PRIMARY)
            ON n.tenant = ? AND n.message_id = j.id GROUP BY j.no, n."user") u GROUP BY u."at"`,
        messageIds.map((id) => [id]),
        { after: [tenant] },
      ),
    *outstandingNotifications(requests: Rows, most: number): Steps<Row[]> {
      const found: Row[] = [];
      for (const piece of pieces(requests, RANGES)) {
        const texts = piece.rows.map(() => outstanding).join(' UNION ALL ');
        const parameters = piece.rows.flatMap((request, i) => [piece.from + i, ...request, most]);
        for (const row of yield step(texts, ...parameters)) found.push(row);
      }
      return found.sort(byAge);
    },
    sentNotifications: (requests) =>
      askSet(
        sql`SELECT j.no - 1 AS "at", (SELECT COUNT(*) FROM "${t.notification}" n FORCE INDEX (by_device)
          WHERE n.tenant = j.tenant AND n."user" = j."user" AND n.device = j.device AND n.provider = j.provider
            AND n.state = 'accepted' AND n.updated_at >= j.since) AS sent
        FROM ${setOf('tenant', 'user', 'device', 'provider', '#since')}`,
        requests,
      ),
    recentNotifications: (requests) =>
      askSet(
        sql`SELECT j.no - 1 AS "at", COUNT(DISTINCT n.message_id) AS messages, MAX(n.created_at) AS "last"
        FROM ${setOf('tenant', 'user', 'thread', '#since')}
        STRAIGHT_JOIN "${t.notification}" n FORCE INDEX (by_thread) ON n.tenant = j.tenant AND n."user" = j."user"
          AND n.thread = j.thread AND n.created_at >= j.since AND n.state IN ('accepted', 'sending')
        GROUP BY j.no`,
        requests,
      ),
    notificationNamed: (tenant, provider, id) =>
      ask(
        sql`(${rows('by_provider')} WHERE n.tenant = ? AND n.provider = ? AND n.provider_id = ? LIMIT 1)
        UNION ALL (${rows('by_name')} WHERE n.tenant = ? AND n.provider = ? AND n.notification_id = ? LIMIT 1)
        LIMIT 1`,
        ...[tenant, provider, id, tenant, provider, id],
      ),
    deadNotifications: (tenant, skipped, limit) =>
      ask(
        sql`${rows('by_due')} WHERE n.state = 'dead' AND n.tenant = ?
        ORDER BY n.updated_at DESC, n.message_id, n."user", n.device LIMIT ? OFFSET ?`,
        tenant,
        limit,
        skipped,
      ),
    waitingNotifications: (tenant, provider, reasons, now, limit) =>
      ask(
        sql`${rows('by_due')} WHERE n.state = 'waiting' AND n.tenant = ? AND n.due_at > ? AND n.provider = ?
        AND n.reason IN (${reasons.map(() => '?').join(', ')}) ORDER BY n.due_at LIMIT ?`,
        tenant,
        now,
        provider,
        ...reasons,
        limit,
      ),
    countOpenNotifications: () =>
      ask(sql`SELECT COUNT(*) AS notifications FROM "${t.notification}" FORCE INDEX (by_due)
        WHERE state IN ('waiting', 'sending')`),
  };
}
