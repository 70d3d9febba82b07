import type { NotificationDialect, NotificationName } from '../notification-dialect.js';
import { NAME_FIELDS, NOTIFICATION_COLUMNS } from '../notification-row.js';
import type { Row } from '../sql-connection.js';
import { step, type Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { sql } from './names.js';
import { COLUMNS, notificationReads } from './notification-reads.js';
import { inTurns } from './in-turns.js';
import { oldestDue } from './oldest-due.js';
import { askSet, insertRows, setOf } from './sets.js';

type Rows = readonly (readonly unknown[])[];

const NAME = ['tenant', 'message_id', 'user', 'device'] as const;
/** Stands for null in a set: databases differ in what a JSON null is. */
const NONE = -1;
const STATES_OVER = ['accepted', 'failed', 'suppressed', 'cancelled', 'dead'];

export function notificationStatements(t: TableNames): NotificationDialect {
  const toRow = sql`STRAIGHT_JOIN "${t.notification}" n FORCE INDEX (PRIMARY) ON n.tenant = j.tenant
    AND n.message_id = j.message_id AND n."user" = j."user" AND n.device = j.device`;
  const insert = sql`INSERT INTO "${t.notification}" (${NOTIFICATION_COLUMNS.map((name) => sql`"${name}"`).join(', ')})`;
  const replace = NOTIFICATION_COLUMNS.slice(NAME_FIELDS).map((name) => sql`"${name}" = VALUES("${name}")`);
  const known = sql`SELECT j.no - 1 AS "at" FROM ${setOf(...NAME)} ${toRow}`;
  const tenants = sql`SELECT state, tenant FROM "${t.notification}" FORCE INDEX (by_due)
    WHERE state IN ('waiting', 'sending') GROUP BY state, tenant`;
  const range = sql`(SELECT n.tenant, n.message_id, n."user", n.device, n.due_at, n.created_at
    FROM "${t.notification}" n FORCE INDEX (by_due)
    WHERE n.state = ? AND n.tenant = ? AND n.due_at <= ? ORDER BY n.due_at, n.created_at LIMIT ?)`;
  const lockDue = sql`SELECT ${COLUMNS} FROM ${setOf(...NAME)} ${toRow}
    WHERE n.state IN ('waiting', 'sending') AND n.due_at <= ? FOR UPDATE SKIP LOCKED`;
  const claim = sql`UPDATE ${setOf(...NAME, '#unknown_attempts')} ${toRow} SET n.owner = ?, n.due_at = ?,
    n.updated_at = ?, n.attempts = n.attempts + 1, n.unknown_attempts = j.unknown_attempts, n.state = 'sending'`;
  const lock = (owned: string) =>
    sql`SELECT j.no - 1 AS "at" FROM ${setOf(...NAME)} ${toRow} WHERE n.state = ? ${owned} FOR UPDATE`;
  const lockAny = lock('');
  const lockOwned = lock('AND n.owner = ?');
  const mark = sql`UPDATE ${setOf(...NAME, '#shown', '#opened', '#retracted', 'state', 'reason')} ${toRow} SET
    n.shown_at = COALESCE(n.shown_at, NULLIF(j.shown, ${NONE})),
    n.opened_at = COALESCE(n.opened_at, NULLIF(j.opened, ${NONE})),
    n.retracted_at = COALESCE(n.retracted_at, NULLIF(j.retracted, ${NONE})),
    n.state = COALESCE(NULLIF(j.state, ''), n.state), n.reason = COALESCE(NULLIF(j.reason, ''), n.reason)`;
  const replay = sql`UPDATE ${setOf(...NAME)} ${toRow} SET n.state = 'waiting', n.due_at = ?, n.updated_at = ?,
    n.attempts = 0, n.unknown_attempts = 0, n.owner = NULL, n.reason = NULL`;
  const hasten = sql`UPDATE ${setOf(...NAME)} ${toRow} SET n.due_at = ?, n.updated_at = ?`;
  const old = sql`(SELECT n.tenant, n.message_id, n."user", n.device, n.updated_at AS due_at
    FROM "${t.notification}" n FORCE INDEX (by_end) WHERE n.state = ? AND n.updated_at < ?
    ORDER BY n.updated_at LIMIT ?)`;
  const lockOld = sql`SELECT n.tenant, n.message_id, n."user", n.device FROM ${setOf(...NAME)} ${toRow}
    WHERE n.state NOT IN ('waiting', 'sending') AND n.updated_at < ? FOR UPDATE SKIP LOCKED`;
  const drop = sql`DELETE n FROM ${setOf(...NAME)} ${toRow}`;

  const nameOf = ({ tenant, message_id, user, device }: Row): unknown[] => [tenant, message_id, user, device];

  return {
    ...notificationReads(t),
    /** Nobody else adds rows of these messages: their job is locked. */
    *addNotifications(rows: Rows): Steps<Row[]> {
      const there = yield* askSet(
        known,
        rows.map((row) => row.slice(0, NAME_FIELDS)),
      );
      const old = new Set(there.map(({ at }) => at as number));
      const fresh = rows.flatMap((row, at) => (old.has(at) ? [] : [{ row, at }]));
      yield* insertRows(
        insert,
        fresh.map(({ row }) => row),
      );
      return fresh.map(({ at }) => ({ at }));
    },
    /** First who is to be served, without locks, then those of them that nobody is taking at this moment. */
    *claimNotifications(
      owner: string,
      now: number,
      leaseUntil: number,
      limit: number,
      perTenant: number,
      without: readonly string[],
    ): Steps<Row[]> {
      const left = new Set<unknown>(without);
      const most = Math.min(limit, perTenant);
      const open: Row[] = yield step(tenants);
      const served = open.filter(({ tenant }) => !left.has(tenant));
      const ranges = served.map(({ state, tenant }) => [state, tenant, now, most]);
      const oldest = yield* oldestDue(
        range,
        ranges,
        Infinity,
        (a, b) => a.due_at - b.due_at || (a.created_at as number) - (b.created_at as number),
      );
      const taken = yield* askSet(lockDue, inTurns(oldest, limit, perTenant).map(nameOf), { after: [now] });
      const counted = taken.map((row) => ({
        ...row,
        owner,
        due_at: leaseUntil,
        updated_at: now,
        attempts: (row.attempts as number) + 1,
        unknown_attempts: (row.unknown_attempts as number) + (row.state === 'sending' ? 1 : 0),
        state: 'sending',
      }));
      yield* askSet(
        claim,
        counted.map((row) => [...nameOf(row), row.unknown_attempts]),
        { after: [owner, leaseUntil, now] },
      );
      return counted;
    },
    lockNotifications: (names: readonly NotificationName[], state: string, owner: string | null) =>
      owner === null ? askSet(lockAny, names, { after: [state] }) : askSet(lockOwned, names, { after: [state, owner] }),
    putNotifications: (rows) => insertRows(insert, rows, `ON DUPLICATE KEY UPDATE ${replace.join(', ')}`),
    markNotifications: (rows) =>
      askSet(
        mark,
        rows.map((row) => row.map((field, i) => field ?? (i < NAME_FIELDS + 3 ? NONE : ''))),
      ),
    replayNotifications: (names: readonly NotificationName[], now: number) =>
      askSet(replay, names, { after: [now, now] }),
    hastenNotifications: (names: readonly NotificationName[], now: number) =>
      askSet(hasten, names, { after: [now, now] }),
    dropNotifications: (names) => askSet(drop, names),
    *trimNotifications(before: number, limit: number): Steps<Row[]> {
      const found = yield* oldestDue(
        old,
        STATES_OVER.map((state) => [state, before, limit]),
        limit,
      );
      const removed = yield* askSet(lockOld, found.map(nameOf), { after: [before] });
      yield* askSet(drop, removed.map(nameOf));
      return removed;
    },
  };
}
