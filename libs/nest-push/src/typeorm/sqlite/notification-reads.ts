import { NOTIFICATION_COLUMNS } from '../notification-row.js';
import type { NotificationDialect } from '../notification-dialect.js';
import type { Row } from '../sql-connection.js';
import { ask, step, type Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';

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

const COLUMNS = NOTIFICATION_COLUMNS.map((name) => `n.${name}`).join(', ');

export function notificationReads(t: TableNames): NotificationReads {
  const rows = `SELECT ${COLUMNS} FROM "${t.notification}" n`;
  const page = `${rows} WHERE n.tenant = ? AND n.message_id = ? AND (n.user, n.device) > (?, ?)`;
  const outstanding = `${rows} WHERE n.tenant = ? AND n.user = ? AND n.created_at >= ?
    AND n.state = 'accepted' AND n.retracted_at IS NULL ORDER BY n.created_at, n.no LIMIT ?`;

  return {
    notifications: (tenant, messageId, user, after, limit) =>
      user === null
        ? ask(`${page} ORDER BY n.user, n.device LIMIT ?`, tenant, messageId, ...after, limit)
        : ask(`${page} AND n.user = ? ORDER BY n.device LIMIT ?`, tenant, messageId, ...after, user, limit),
    countNotifications: (tenant, messageIds) =>
      ask(
        `SELECT at, sum(accepted) AS notified, sum(failed AND NOT accepted) AS failed FROM (
          SELECT j.key AS at, max(n.state = 'accepted') AS accepted, max(n.state IN ('failed', 'dead')) AS failed
          FROM json_each(?1) j CROSS JOIN "${t.notification}" n ON n.tenant = ?2 AND n.message_id = j.value
          GROUP BY j.key, n.user) GROUP BY at`,
        JSON.stringify(messageIds),
        tenant,
      ),
    *outstandingNotifications(requests: readonly (readonly unknown[])[], most: number): Steps<Row[]> {
      const answers: Row[] = [];
      for (const [at, request] of requests.entries()) {
        for (const row of yield step(outstanding, ...request, most)) {
          row.at = at;
          answers.push(row);
        }
      }
      return answers;
    },
    /** The indexes are named: without statistics SQLite takes a user for small. */
    sentNotifications: (requests) =>
      ask(
        `SELECT j.key AS at, count(*) AS sent FROM json_each(?) j
        CROSS JOIN "${t.notification}" n INDEXED BY "${t.notification}_sent" ON n.tenant = j.value ->> 0
          AND n.user = j.value ->> 1 AND n.device = j.value ->> 2 AND n.provider = j.value ->> 3
          AND n.updated_at >= j.value ->> 4 AND n.state = 'accepted'
        GROUP BY j.key`,
        JSON.stringify(requests),
      ),
    recentNotifications: (requests) =>
      ask(
        `SELECT j.key AS at, count(DISTINCT n.message_id) AS messages, max(n.created_at) AS last FROM json_each(?) j
        CROSS JOIN "${t.notification}" n INDEXED BY "${t.notification}_recent" ON n.tenant = j.value ->> 0
          AND n.user = j.value ->> 1 AND n.thread = j.value ->> 2 AND n.created_at >= j.value ->> 3
          AND n.state IN ('accepted', 'sending')
        GROUP BY j.key`,
        JSON.stringify(requests),
      ),
    notificationNamed: (tenant, provider, id) =>
      ask(
        `SELECT * FROM (${rows} WHERE n.tenant = ?1 AND n.provider = ?2 AND n.provider_id = ?3 LIMIT 1)
        UNION ALL SELECT * FROM (${rows} WHERE n.tenant = ?1 AND n.provider = ?2 AND n.notification_id = ?3 LIMIT 1)
        LIMIT 1`,
        tenant,
        provider,
        id,
      ),
    deadNotifications: (tenant, skipped, limit) =>
      ask(
        `${rows} WHERE n.tenant = ? AND n.state = 'dead'
        ORDER BY n.updated_at DESC, n.message_id, n.user, n.device LIMIT ? OFFSET ?`,
        tenant,
        limit,
        skipped,
      ),
    waitingNotifications: (tenant, provider, reasons, now, limit) =>
      ask(
        `${rows} WHERE n.tenant = ? AND n.state IN ('waiting', 'sending') AND n.due_at > ? AND n.state = 'waiting'
        AND n.provider = ? AND n.reason IN (SELECT value FROM json_each(?)) ORDER BY n.due_at LIMIT ?`,
        tenant,
        now,
        provider,
        JSON.stringify(reasons),
        limit,
      ),
    countOpenNotifications: () =>
      ask(`SELECT count(*) AS notifications FROM "${t.notification}" WHERE state IN ('waiting', 'sending')`),
  };
}
