import { NOTIFICATION_COLUMNS } from '../notification-row.js';
import type { NotificationDialect } from '../notification-dialect.js';
import type { Row } from '../sql-connection.js';
import { ask, type Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { binaryArray } from './arrays.js';
import { overRows, POSITION, rowSet } from './row-set.js';

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

const IDS = rowSet('r', { id: 'text' });
const USERS = rowSet('r', { tenant: 'text', reader: 'text', since: 'int8' });
const SENT = rowSet('r', { tenant: 'text', reader: 'text', device: 'text', provider: 'text', since: 'int8' });
const THREADS = rowSet('r', { tenant: 'text', reader: 'text', thread: 'text', since: 'int8' });

/** The columns of a notification `n`. */
export const COLUMNS = NOTIFICATION_COLUMNS.map((name) => (name === 'user' ? 'n."user"' : `n.${name}`)).join(', ');

export function notificationReads(t: TableNames): NotificationReads {
  const rows = `SELECT ${COLUMNS} FROM "${t.notification}" n`;
  const page = `${rows} WHERE n.tenant = $1 AND n.message_id = $2 AND (n."user", n.device) > ($3, $4)`;

  return {
    notifications: (tenant, messageId, user, after, limit) =>
      user === null
        ? ask(`${page} ORDER BY n."user", n.device LIMIT $5`, tenant, messageId, ...after, limit)
        : ask(`${page} AND n."user" = $5 ORDER BY n.device LIMIT $6`, tenant, messageId, ...after, user, limit),
    countNotifications: (tenant, messageIds) =>
      overRows(
        IDS,
        messageIds.map((id) => [id]),
        `SELECT ${POSITION} AS at, c.notified, c.failed FROM ${IDS.from} CROSS JOIN LATERAL (
          SELECT count(*) FILTER (WHERE u.accepted)::int4 AS notified,
            count(*) FILTER (WHERE u.failed AND NOT u.accepted)::int4 AS failed FROM (
            SELECT bool_or(n.state = 'accepted') AS accepted, bool_or(n.state IN ('failed', 'dead')) AS failed
            FROM "${t.notification}" n WHERE n.tenant = $2 AND n.message_id = r.id GROUP BY n."user") u) c`,
        [tenant],
      ),
    *outstandingNotifications(requests: readonly (readonly unknown[])[], most: number): Steps<Row[]> {
      const found = yield* overRows(
        USERS,
        requests,
        `SELECT ${POSITION} AS at, n.* FROM ${USERS.from} CROSS JOIN LATERAL (
          ${rows} WHERE n.tenant = r.tenant AND n."user" = r.reader AND n.created_at >= r.since
            AND n.state = 'accepted' AND n.retracted_at IS NULL ORDER BY n.created_at LIMIT $4) n`,
        [most],
      );
      return found.sort((a, b) => (a.at as number) - (b.at as number));
    },
    sentNotifications: (requests) =>
      overRows(
        SENT,
        requests,
        `SELECT ${POSITION} AS at, (SELECT count(*)::int4 FROM "${t.notification}" n
          WHERE n.tenant = r.tenant AND n."user" = r.reader AND n.device = r.device AND n.provider = r.provider
            AND n.updated_at >= r.since AND n.state = 'accepted') AS sent FROM ${SENT.from}`,
      ),
    recentNotifications: (requests) =>
      overRows(
        THREADS,
        requests,
        `SELECT ${POSITION} AS at, c.messages, c.last FROM ${THREADS.from} CROSS JOIN LATERAL (
          SELECT count(DISTINCT n.message_id)::int4 AS messages, max(n.created_at) AS last FROM "${t.notification}" n
          WHERE n.tenant = r.tenant AND n."user" = r.reader AND n.thread = r.thread AND n.created_at >= r.since
            AND n.state IN ('accepted', 'sending')) c`,
      ),
    notificationNamed: (tenant, provider, id) =>
      ask(
        `(${rows} WHERE n.tenant = $1 AND n.provider = $2 AND n.provider_id = $3 LIMIT 1)
        UNION ALL (${rows} WHERE n.tenant = $1 AND n.provider = $2 AND n.notification_id = $3 LIMIT 1) LIMIT 1`,
        tenant,
        provider,
        id,
      ),
    deadNotifications: (tenant, skipped, limit) =>
      ask(
        `${rows} WHERE n.tenant = $1 AND n.state = 'dead'
        ORDER BY n.updated_at DESC, n.message_id, n."user", n.device LIMIT $2 OFFSET $3`,
        tenant,
        limit,
        skipped,
      ),
    waitingNotifications: (tenant, provider, reasons, now, limit) =>
      ask(
        `${rows} WHERE n.tenant = $1 AND n.state IN ('waiting', 'sending') AND n.due_at > $2 AND n.state = 'waiting'
        AND n.provider = $3 AND n.reason = ANY ($4::text[]) ORDER BY n.due_at LIMIT $5`,
        tenant,
        now,
        provider,
        binaryArray('text', reasons),
        limit,
      ),
    countOpenNotifications: () =>
      ask(`SELECT count(*) AS notifications FROM "${t.notification}" WHERE state IN ('waiting', 'sending')`),
  };
}
