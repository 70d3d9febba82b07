import { NOTIFICATION_COLUMNS } from '../notification-row.js';
import type { NotificationDialect, NotificationName } from '../notification-dialect.js';
import type { Row } from '../sql-connection.js';
import { ask, step, type Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { inBatches } from './batches.js';
import { places } from './columns.js';
import { notificationReads } from './notification-reads.js';

const COLUMNS = NOTIFICATION_COLUMNS.join(', ');
/** All but the name. */
const VALUES = NOTIFICATION_COLUMNS.slice(4);

type Rows = readonly (readonly unknown[])[];

/** A row a statement, where a statement would be about whole rows: prepared once, it costs no way to a server. */
export function notificationStatements(t: TableNames): NotificationDialect {
  const byName = `tenant = ? AND message_id = ? AND user = ? AND device = ?`;
  const named = `tenant = j.value ->> 0 AND message_id = j.value ->> 1 AND user = j.value ->> 2 AND device = j.value ->> 3`;
  const add = `INSERT INTO "${t.notification}" (${COLUMNS}) VALUES ${places(NOTIFICATION_COLUMNS.length)}
    ON CONFLICT DO NOTHING RETURNING 1`;
  const put = `UPDATE "${t.notification}" SET ${VALUES.map((name) => `${name} = ?`).join(', ')} WHERE ${byName}`;
  const lock = `SELECT j.key AS at FROM json_each(?1) j CROSS JOIN "${t.notification}" ON ${named}
    WHERE state = ?2 AND (?3 IS NULL OR owner = ?3)`;
  const due = `w.state IN ('waiting', 'sending') AND w.tenant = tenants.tenant AND w.due_at <= ?2`;

  return {
    ...notificationReads(t),
    *addNotifications(rows: Rows): Steps<Row[]> {
      const added: Row[] = [];
      for (const [at, row] of rows.entries()) if ((yield step(add, ...row)).length > 0) added.push({ at });
      return added;
    },
    /** Goes from tenant to tenant along the index, and in each no further than its share. */
    claimNotifications: (owner, now, leaseUntil, limit, perTenant, without) =>
      ask(
        `WITH RECURSIVE tenants (tenant) AS (
          SELECT min(tenant) FROM "${t.notification}" WHERE state IN ('waiting', 'sending')
          UNION ALL SELECT (SELECT min(w.tenant) FROM "${t.notification}" w
            WHERE w.state IN ('waiting', 'sending') AND w.tenant > tenants.tenant)
          FROM tenants WHERE tenants.tenant IS NOT NULL),
        shares (no, due_at, created_at, turn) AS (
          SELECT n.no, n.due_at, n.created_at, row_number() OVER (PARTITION BY n.tenant ORDER BY n.due_at, n.created_at)
          FROM tenants CROSS JOIN "${t.notification}" n ON n.no IN (
            SELECT w.no FROM "${t.notification}" w WHERE ${due} ORDER BY w.due_at, w.created_at LIMIT ?5)
          WHERE tenants.tenant NOT IN (SELECT value FROM json_each(?6))),
        oldest (no) AS (SELECT no FROM shares ORDER BY turn, due_at, created_at LIMIT ?4)
        UPDATE "${t.notification}" SET owner = ?1, due_at = ?3, attempts = attempts + 1,
          unknown_attempts = unknown_attempts + (state = 'sending'), state = 'sending', updated_at = ?2
        WHERE no IN (SELECT no FROM oldest) RETURNING ${COLUMNS}`,
        owner,
        now,
        leaseUntil,
        limit,
        perTenant,
        JSON.stringify(without),
      ),
    lockNotifications: (names, state, owner) => ask(lock, JSON.stringify(names), state, owner),
    *putNotifications(rows: Rows): Steps<void> {
      for (const row of rows) yield step(put, ...row.slice(4), ...row.slice(0, 4));
    },
    markNotifications: (rows) =>
      inBatches(
        `UPDATE "${t.notification}" SET shown_at = coalesce(shown_at, j.value ->> 4),
          opened_at = coalesce(opened_at, j.value ->> 5), retracted_at = coalesce(retracted_at, j.value ->> 6),
          state = coalesce(j.value ->> 7, state), reason = coalesce(j.value ->> 8, reason)
        FROM json_each(?) j WHERE ${named}`,
        rows,
      ),
    replayNotifications: (names: readonly NotificationName[], now: number) =>
      ask(
        `UPDATE "${t.notification}" SET state = 'waiting', due_at = ?2, updated_at = ?2, attempts = 0,
          unknown_attempts = 0, owner = NULL, reason = NULL
        FROM json_each(?1) j WHERE ${named}`,
        JSON.stringify(names),
        now,
      ),
    hastenNotifications: (names: readonly NotificationName[], now: number) =>
      ask(
        `UPDATE "${t.notification}" SET due_at = ?2, updated_at = ?2 FROM json_each(?1) j WHERE ${named}`,
        JSON.stringify(names),
        now,
      ),
    dropNotifications: (names) =>
      ask(
        `DELETE FROM "${t.notification}" WHERE (tenant, message_id, user, device) IN
        (SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?))`,
        JSON.stringify(names),
      ),
    trimNotifications: (before, limit) =>
      ask(
        `DELETE FROM "${t.notification}" WHERE no IN (SELECT no FROM "${t.notification}"
          WHERE state NOT IN ('waiting', 'sending') AND updated_at < ? ORDER BY updated_at LIMIT ?) RETURNING 1`,
        before,
        limit,
      ),
  };
}
