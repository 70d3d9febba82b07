import type { Row } from '../sql-connection.js';
import type { SqlDialect } from '../sql-dialect.js';
import { ask, step, type Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { quiet } from './exchange.js';
import { sql } from './names.js';
import { inTurns } from './in-turns.js';
import { oldestDue } from './oldest-due.js';
import { askSet, insertRows, setOf } from './sets.js';

type JobStatements = Pick<
  SqlDialect,
  | 'insertJobs'
  | 'stepJobs'
  | 'dropFinishedJobs'
  | 'claimJobs'
  | 'takeJobs'
  | 'hastenJobs'
  | 'lockJobs'
  | 'moveJobs'
  | 'dropJobs'
  | 'postponeJob'
  | 'finishJob'
  | 'buryJob'
  | 'job'
  | 'deadJobs'
  | 'countJobs'
>;

const COLUMNS = sql`w.tenant, w.kind, w.id, w.payload, w."position", w.size, w.due_at, w.attempts`;

type Rows = readonly (readonly unknown[])[];

export function jobStatements(t: TableNames): JobStatements {
  const named = sql`tenant = ? AND kind = ? AND id = ? AND dead = 0`;
  const toJob = sql`STRAIGHT_JOIN "${t.job}" w FORCE INDEX (PRIMARY)
    ON w.tenant = j.tenant AND w.id = j.id AND w.kind = j.kind`;
  const moved = setOf('tenant', 'kind', 'id', '#from', '#to', 'owner', '#lease_until');
  const nextSteps = sql`SELECT j.no - 1 AS "at" FROM ${moved} ${toJob} AND w.dead = 0 AND w."position" = j."from"
    STRAIGHT_JOIN "${t.message}" m FORCE INDEX (PRIMARY)
      ON m.tenant = w.tenant AND m.id = w.id AND m.recalled_at IS NULL FOR UPDATE`;
  const moveJobs = sql`UPDATE ${moved} ${toJob}
    SET w."position" = j."to", w.owner = j.owner, w.lease_until = j.lease_until`;
  /** Goes from tenant to tenant along the index, and in each to its oldest job; not through all jobs. */
  const free = (busy: number) => sql`SELECT w.tenant, w.kind, w.id FROM (
      SELECT x.tenant, (SELECT y.id FROM "${t.job}" y FORCE INDEX (by_due)
        WHERE y.kind = ? AND y.dead = 0 AND y.tenant = x.tenant ORDER BY y.due_at, y."no" LIMIT 1) AS id
      FROM (SELECT tenant FROM "${t.job}" FORCE INDEX (by_due) WHERE kind = ? AND dead = 0 GROUP BY kind, dead, tenant) x
      ${busy > 0 ? `WHERE x.tenant NOT IN (${Array.from({ length: busy }, () => '?').join()})` : ''}) f
    STRAIGHT_JOIN "${t.job}" w FORCE INDEX (PRIMARY) ON w.tenant = f.tenant AND w.id = f.id AND w.kind = ?
      AND w.due_at <= ? AND w.lease_until <= ?
    ORDER BY w.due_at, w."no" LIMIT ?`;
  const lockFree = sql`SELECT ${COLUMNS} FROM ${setOf('tenant', 'kind', 'id')} ${toJob}
    WHERE w.dead = 0 AND w.due_at <= ? AND w.lease_until <= ? FOR UPDATE SKIP LOCKED`;
  const claim = sql`UPDATE ${setOf('tenant', 'kind', 'id')} ${toJob}
    SET w.owner = ?, w.lease_until = ?, w.attempts = w.attempts + 1`;

  const tenants = sql`SELECT tenant FROM "${t.job}" FORCE INDEX (by_due) WHERE kind = ? AND dead = 0
    GROUP BY kind, dead, tenant`;
  const range = sql`(SELECT w.tenant, w.kind, w.id, w.due_at, w."no" FROM "${t.job}" w FORCE INDEX (by_due)
    WHERE w.kind = ? AND w.dead = 0 AND w.tenant = ? AND w.due_at <= ? AND w.lease_until <= ?
    ORDER BY w.due_at, w."no" LIMIT ?)`;
  const lockLater = sql`SELECT w.tenant, w.kind, w.id FROM ${setOf('tenant', 'kind', 'id')} ${toJob}
    WHERE w.dead = 0 AND w.owner IS NULL AND (w.due_at > ? OR w.lease_until > ?) FOR UPDATE SKIP LOCKED`;
  const hasten = sql`UPDATE ${setOf('tenant', 'kind', 'id')} ${toJob}
    SET w.due_at = LEAST(w.due_at, ?), w.lease_until = LEAST(w.lease_until, ?)`;
  const held = sql`SELECT j.no - 1 AS "at", w.due_at FROM ${setOf('tenant', 'kind', 'id', 'owner')} ${toJob}
    WHERE w.dead = 0 AND w.owner = j.owner FOR UPDATE`;
  const move = sql`UPDATE "${t.job}" SET payload = ?, due_at = ?, owner = ?, lease_until = ? WHERE ${named}`;
  const drop = sql`DELETE w FROM ${setOf('tenant', 'kind', 'id')} ${toJob}`;

  const nameOf = ({ tenant, kind, id }: Row): unknown[] => [tenant, kind, id];

  return {
    insertJobs: (rows) =>
      insertRows(
        sql`INSERT INTO "${t.job}" (tenant, kind, id, payload, "position", size, due_at)`,
        rows,
        sql`ON DUPLICATE KEY UPDATE id = VALUES(id)`,
      ),
    *stepJobs(rows: Rows): Steps<Row[]> {
      const next = yield* askSet(nextSteps, rows);
      yield* askSet(
        moveJobs,
        next.map(({ at }) => rows[at as number] as readonly unknown[]),
      );
      return next;
    },
    dropFinishedJobs: (rows) =>
      askSet(
        sql`DELETE w FROM ${setOf('tenant', 'kind', 'id')} ${toJob} WHERE w."position" >= w.size`,
        rows.map((row) => row.slice(0, 3)),
      ),
    *claimJobs(
      kind: string,
      owner: string,
      now: number,
      leaseUntil: number,
      limit: number,
      busy: readonly string[],
    ): Steps<Row[]> {
      const found: Row[] = yield step(free(busy.length), kind, kind, ...busy, kind, now, now, limit);
      const taken = yield* askSet(lockFree, found.map(nameOf), { after: [now, now] });
      yield* askSet(claim, taken.map(nameOf), { after: [owner, leaseUntil] });
      return taken.map((row) => ({ ...row, attempts: (row.attempts as number) + 1 }));
    },
    /** First who is to be served, without locks, then those of them that nobody is taking at this moment. */
    *takeJobs(
      kind: string,
      owner: string,
      now: number,
      leaseUntil: number,
      limit: number,
      perTenant: number,
      without: readonly string[],
    ): Steps<Row[]> {
      const left = new Set<unknown>(without);
      const most = Math.min(limit, perTenant);
      const waiting: Row[] = yield step(tenants, kind);
      const served = waiting.filter(({ tenant }) => !left.has(tenant));
      const ranges = served.map(({ tenant }) => [kind, tenant, now, now, most]);
      const found = yield* oldestDue(
        range,
        ranges,
        Infinity,
        (a, b) => a.due_at - b.due_at || (a.no as number) - (b.no as number),
      );
      const turns = inTurns(found, limit, perTenant);
      const taken = yield* askSet(lockFree, turns.map(nameOf), { after: [now, now] });
      yield* askSet(claim, taken.map(nameOf), { after: [owner, leaseUntil] });
      return taken.map((row) => ({ ...row, attempts: (row.attempts as number) + 1 }));
    },
    *hastenJobs(names: Rows, dueAt: number): Steps<void> {
      const later = yield* askSet(lockLater, names, { after: [dueAt, dueAt] });
      yield* askSet(hasten, later.map(nameOf), { after: [dueAt, dueAt] });
    },
    lockJobs: (rows) => askSet(held, rows),
    /** One by one: a payload may be longer than a set can tell. */
    *moveJobs(rows: Rows): Steps<void> {
      for (const [tenant, kind, id, payload, dueAt, owner, leaseUntil] of rows)
        yield quiet(move, [payload, dueAt, owner, leaseUntil ?? 0, tenant, kind, id]);
    },
    dropJobs: (names) => askSet(drop, names),
    postponeJob: (tenant, kind, id, owner, dueAt) =>
      ask(
        sql`UPDATE "${t.job}" SET lease_until = ?, owner = NULL WHERE ${named} AND owner = ?`,
        dueAt,
        tenant,
        kind,
        id,
        owner,
      ),
    finishJob: (tenant, kind, id, owner) =>
      ask(sql`DELETE FROM "${t.job}" WHERE ${named} AND owner = ?`, tenant, kind, id, owner),
    buryJob: (tenant, kind, id, owner, reason, now) =>
      ask(
        sql`UPDATE "${t.job}" SET reason = ?, died_at = ?, dead = 1, owner = NULL, lease_until = 0
        WHERE ${named} AND owner = ?`,
        reason,
        now,
        tenant,
        kind,
        id,
        owner,
      ),
    job: (tenant, kind, id) => ask(sql`SELECT ${COLUMNS} FROM "${t.job}" w WHERE ${named}`, tenant, kind, id),
    deadJobs: (tenant, kind, limit) =>
      ask(
        sql`SELECT ${COLUMNS}, w.reason, w.died_at FROM "${t.job}" w WHERE w.kind = ? AND w.dead = 1 AND w.tenant = ?
        ORDER BY w.died_at DESC, w.id DESC LIMIT ?`,
        kind,
        tenant,
        limit,
      ),
    countJobs: (kind) => ask(sql`SELECT COUNT(*) AS jobs FROM "${t.job}" WHERE kind = ? AND dead = 0`, kind),
  };
}
