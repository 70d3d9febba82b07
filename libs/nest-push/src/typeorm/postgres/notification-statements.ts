import { NAME_FIELDS, NOTIFICATION_COLUMNS } from '../notification-row.js';
import type { NotificationDialect, NotificationName } from '../notification-dialect.js';
import type { Row } from '../sql-connection.js';
import { ask, type Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { binaryArray, type ColumnType } from './arrays.js';
import { COLUMNS, notificationReads } from './notification-reads.js';
import { overRows, POSITION, quietly, rowSet } from './row-set.js';

const NUMBERS = /_at$|^(attempts|unknown_attempts|seq|covers)$/;
const typeOf = (name: string): ColumnType => (NUMBERS.test(name) ? 'int8' : 'text');

/** As the columns, but `user` is no name for a column of a set. */
const setName = (name: string): string => (name === 'user' ? 'reader' : name);
const quoted = (name: string): string => (name === 'user' ? '"user"' : name);

const ROWS = rowSet('r', Object.fromEntries(NOTIFICATION_COLUMNS.map((name) => [setName(name), typeOf(name)])));
const NAMES = rowSet('r', { tenant: 'text', message_id: 'text', reader: 'text', device: 'text' });
const STATED = rowSet('r', {
  ...{ tenant: 'text', message_id: 'text', reader: 'text', device: 'text', state: 'text', owner: 'text' },
} as const);
const MARKS = rowSet('r', {
  tenant: 'text',
  message_id: 'text',
  reader: 'text',
  device: 'text',
  shown_at: 'int8',
  opened_at: 'int8',
  retracted_at: 'int8',
  state: 'text',
  reason: 'text',
});

const OPEN = `state IN ('waiting', 'sending')`;

export function notificationStatements(t: TableNames): NotificationDialect {
  const named = `n.tenant = r.tenant AND n.message_id = r.message_id AND n."user" = r.reader AND n.device = r.device`;
  const replaced = NOTIFICATION_COLUMNS.slice(NAME_FIELDS).map((name) => `${name} = r.${name}`);
  const due = `FROM "${t.notification}" n WHERE n.${OPEN} AND n.tenant = t.tenant AND n.due_at <= $2
    ORDER BY n.due_at, n.created_at`;

  return {
    ...notificationReads(t),
    *addNotifications(rows: readonly (readonly unknown[])[]): Steps<Row[]> {
      const added = yield* overRows(
        ROWS,
        rows,
        `INSERT INTO "${t.notification}" (${NOTIFICATION_COLUMNS.map(quoted).join(', ')})
        SELECT ${NOTIFICATION_COLUMNS.map((name) => `r.${setName(name)}`).join(', ')} FROM ${ROWS.from} ORDER BY r.at
        ON CONFLICT DO NOTHING RETURNING tenant, message_id, "user" AS reader, device`,
        [],
        'no',
      );
      if (added.length === rows.length) return rows.map((_, at) => ({ at }));
      const names = new Set(added.map((row) => [row.tenant, row.message_id, row.reader, row.device].join(' ')));
      return rows.flatMap((row, at) => (names.has(row.slice(0, NAME_FIELDS).join(' ')) ? [{ at }] : []));
    },
    /**
     * Goes from tenant to tenant along the index. First who is to be served with how many, without locks, then so many of
     * each one's oldest that nobody else is taking at this moment: of two who claim at once, both get some.
     */
    claimNotifications: (owner, now, leaseUntil, limit, perTenant, without) =>
      ask(
        `WITH RECURSIVE tenants AS (
          (SELECT n.tenant FROM "${t.notification}" n WHERE n.${OPEN} ORDER BY n.tenant LIMIT 1)
          UNION ALL
          SELECT (SELECT n.tenant FROM "${t.notification}" n WHERE n.${OPEN} AND n.tenant > t.tenant
            ORDER BY n.tenant LIMIT 1)
          FROM tenants t WHERE t.tenant IS NOT NULL),
        shares AS MATERIALIZED (
          SELECT o.tenant, count(*) AS most FROM (
            SELECT n.tenant FROM tenants t CROSS JOIN LATERAL (
              SELECT n.*, row_number() OVER (ORDER BY n.due_at, n.created_at) AS turn
              FROM (SELECT n.tenant, n.due_at, n.created_at ${due} LIMIT $5) n) n
            WHERE t.tenant <> ALL ($6::text[]) ORDER BY n.turn, n.due_at, n.created_at LIMIT $4) o GROUP BY o.tenant),
        taken AS MATERIALIZED (
          SELECT n.* FROM shares t CROSS JOIN LATERAL (
            SELECT n.tenant, n.message_id, n."user" AS reader, n.device ${due} LIMIT t.most
            FOR UPDATE SKIP LOCKED) n)
        UPDATE "${t.notification}" n SET owner = $1, due_at = $3, attempts = n.attempts + 1,
          unknown_attempts = n.unknown_attempts + (n.state = 'sending')::int4, state = 'sending', updated_at = $2
        FROM taken r WHERE ${named} RETURNING ${COLUMNS}`,
        owner,
        now,
        leaseUntil,
        limit,
        perTenant,
        binaryArray('text', without),
      ),
    /** The state is told row by row: known as a constant, it would be looked for in an index of what is in that state. */
    lockNotifications: (names: readonly NotificationName[], state: string, owner: string | null) =>
      overRows(
        STATED,
        names.map((name) => [...name, state, owner]),
        `SELECT ${POSITION} AS at FROM ${STATED.from} JOIN "${t.notification}" n ON ${named}
        WHERE n.state = r.state AND (r.owner IS NULL OR n.owner = r.owner) ORDER BY r.at FOR UPDATE OF n`,
      ),
    putNotifications: (rows) =>
      quietly(ROWS, rows, `UPDATE "${t.notification}" n SET ${replaced.join(', ')} FROM ${ROWS.from} WHERE ${named}`),
    markNotifications: (rows) =>
      quietly(
        MARKS,
        rows,
        `UPDATE "${t.notification}" n SET shown_at = coalesce(n.shown_at, r.shown_at),
          opened_at = coalesce(n.opened_at, r.opened_at), retracted_at = coalesce(n.retracted_at, r.retracted_at),
          state = coalesce(r.state, n.state), reason = coalesce(r.reason, n.reason) FROM ${MARKS.from} WHERE ${named}`,
      ),
    replayNotifications: (names: readonly NotificationName[], now: number) =>
      quietly(
        NAMES,
        names,
        `UPDATE "${t.notification}" n SET state = 'waiting', due_at = $5, updated_at = $5, attempts = 0,
          unknown_attempts = 0, owner = NULL, reason = NULL FROM ${NAMES.from} WHERE ${named}`,
        [now],
      ),
    hastenNotifications: (names: readonly NotificationName[], now: number) =>
      quietly(
        NAMES,
        names,
        `UPDATE "${t.notification}" n SET due_at = $5, updated_at = $5 FROM ${NAMES.from} WHERE ${named}`,
        [now],
      ),
    dropNotifications: (names) =>
      quietly(NAMES, names, `DELETE FROM "${t.notification}" n USING ${NAMES.from} WHERE ${named}`),
    trimNotifications: (before, limit) =>
      ask(
        `DELETE FROM "${t.notification}" WHERE ctid = ANY (ARRAY(
          SELECT ctid FROM "${t.notification}" WHERE state NOT IN ('waiting', 'sending') AND updated_at < $1
          ORDER BY updated_at LIMIT $2 FOR UPDATE SKIP LOCKED)) RETURNING 1 AS removed`,
        before,
        limit,
      ),
  };
}
