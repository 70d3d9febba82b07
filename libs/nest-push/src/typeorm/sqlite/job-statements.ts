import type { Row } from '../sql-connection.js';
import type { SqlDialect } from '../sql-dialect.js';
import { ask, step, type Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { inBatches } from './batches.js';
import { fields } from './columns.js';

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

const COLUMNS = 'tenant, kind, id, payload, position, size, due_at, attempts';

export function jobStatements(t: TableNames): JobStatements {
  const job = `tenant = ? AND kind = ? AND id = ? AND died_at IS NULL`;
  const named = `tenant = j.value ->> 0 AND "${t.job}".id = j.value ->> 2 AND kind = j.value ->> 1`;
  const nextSteps = `SELECT j.key AS at FROM json_each(?) j
    CROSS JOIN "${t.job}" w ON w.tenant = j.value ->> 0 AND w.id = j.value ->> 2 AND w.kind = j.value ->> 1
      AND w.position = j.value ->> 3 AND w.died_at IS NULL
    CROSS JOIN "${t.message}" m ON m.tenant = w.tenant AND m.id = w.id AND m.recalled_at IS NULL`;
  const moveJobs = `UPDATE "${t.job}" SET position = j.value ->> 4, owner = j.value ->> 5, lease_until = j.value ->> 6
    FROM json_each(?) j WHERE ${named}`;

  return {
    insertJobs: (rows) =>
      inBatches(
        `INSERT INTO "${t.job}" (tenant, kind, id, payload, position, size, due_at, attempts)
        SELECT ${fields(7)}, 0 FROM json_each(?) WHERE true
        ON CONFLICT DO NOTHING`,
        rows,
      ),
    *stepJobs(rows: readonly (readonly unknown[])[]): Steps<Row[]> {
      const next: Row[] = yield step(nextSteps, JSON.stringify(rows));
      if (next.length > 0) yield step(moveJobs, JSON.stringify(next.map((row) => rows[row.at as number])));
      return next;
    },
    dropFinishedJobs: (rows) =>
      ask(
        `DELETE FROM "${t.job}" WHERE position >= size
        AND (tenant, id, kind) IN (SELECT value ->> 0, value ->> 2, value ->> 1 FROM json_each(?))`,
        JSON.stringify(rows),
      ),
    /** Goes from tenant to tenant along the index, not through all jobs that are due. */
    claimJobs: (kind, owner, now, leaseUntil, limit, busy) =>
      ask(
        `WITH RECURSIVE tenants (tenant) AS (
          SELECT min(tenant) FROM "${t.job}" WHERE kind = ?1 AND died_at IS NULL
          UNION ALL SELECT (SELECT min(w.tenant) FROM "${t.job}" w
            WHERE w.kind = ?1 AND w.died_at IS NULL AND w.tenant > tenants.tenant)
          FROM tenants WHERE tenants.tenant IS NOT NULL),
        longest (tenant, id) AS (
          SELECT tenant, (SELECT w.id FROM "${t.job}" w
            WHERE w.kind = ?1 AND w.died_at IS NULL AND w.tenant = tenants.tenant ORDER BY w.due_at, w.no LIMIT 1)
          FROM tenants WHERE tenant IS NOT NULL AND tenant NOT IN (SELECT value FROM json_each(?6)))
        UPDATE "${t.job}" SET owner = ?2, lease_until = ?4, attempts = attempts + 1
        WHERE (tenant, id, kind) IN (
          SELECT w.tenant, w.id, w.kind FROM longest CROSS JOIN "${t.job}" w
            ON w.tenant = longest.tenant AND w.id = longest.id AND w.kind = ?1
            AND w.due_at <= ?3 AND coalesce(w.lease_until, 0) <= ?3
          ORDER BY w.due_at, w.no LIMIT ?5)
        RETURNING ${COLUMNS}`,
        kind,
        owner,
        now,
        leaseUntil,
        limit,
        JSON.stringify(busy),
      ),
    takeJobs: (kind, owner, now, leaseUntil, limit, perTenant, without) =>
      ask(
        `WITH RECURSIVE tenants (tenant) AS (
          SELECT min(tenant) FROM "${t.job}" WHERE kind = ?1 AND died_at IS NULL
          UNION ALL SELECT (SELECT min(w.tenant) FROM "${t.job}" w
            WHERE w.kind = ?1 AND w.died_at IS NULL AND w.tenant > tenants.tenant)
          FROM tenants WHERE tenants.tenant IS NOT NULL),
        shares (no, due_at, turn) AS (
          SELECT n.no, n.due_at, row_number() OVER (PARTITION BY n.tenant ORDER BY n.due_at, n.no)
          FROM tenants CROSS JOIN "${t.job}" n ON n.no IN (
            SELECT w.no FROM "${t.job}" w WHERE w.kind = ?1 AND w.died_at IS NULL AND w.tenant = tenants.tenant
              AND w.due_at <= ?3 AND coalesce(w.lease_until, 0) <= ?3
            ORDER BY w.due_at, w.no LIMIT ?6)
          WHERE tenants.tenant NOT IN (SELECT value FROM json_each(?7))),
        oldest (no) AS (SELECT no FROM shares ORDER BY turn, due_at, no LIMIT ?5)
        UPDATE "${t.job}" SET owner = ?2, lease_until = ?4, attempts = attempts + 1
        WHERE no IN (SELECT no FROM oldest) RETURNING ${COLUMNS}`,
        kind,
        owner,
        now,
        leaseUntil,
        limit,
        perTenant,
        JSON.stringify(without),
      ),
    hastenJobs: (names, dueAt) =>
      ask(
        `UPDATE "${t.job}" SET due_at = min(due_at, ?2), lease_until = min(lease_until, ?2)
        FROM json_each(?1) j WHERE ${named} AND died_at IS NULL AND owner IS NULL
          AND (due_at > ?2 OR lease_until > ?2)`,
        JSON.stringify(names),
        dueAt,
      ),
    lockJobs: (rows) =>
      ask(
        `SELECT j.key AS at, due_at FROM json_each(?) j CROSS JOIN "${t.job}" ON ${named} AND died_at IS NULL
          AND owner = j.value ->> 3`,
        JSON.stringify(rows),
      ),
    moveJobs: (rows) =>
      inBatches(
        `UPDATE "${t.job}" SET payload = j.value ->> 3, due_at = j.value ->> 4, owner = j.value ->> 5,
          lease_until = j.value ->> 6 FROM json_each(?) j WHERE ${named}`,
        rows,
      ),
    dropJobs: (names) =>
      ask(
        `DELETE FROM "${t.job}"
        WHERE (tenant, id, kind) IN (SELECT value ->> 0, value ->> 2, value ->> 1 FROM json_each(?))`,
        JSON.stringify(names),
      ),
    postponeJob: (tenant, kind, id, owner, dueAt) =>
      ask(
        `UPDATE "${t.job}" SET lease_until = ?, owner = NULL WHERE ${job} AND owner = ?`,
        dueAt,
        tenant,
        kind,
        id,
        owner,
      ),
    finishJob: (tenant, kind, id, owner) =>
      ask(`DELETE FROM "${t.job}" WHERE ${job} AND owner = ?`, tenant, kind, id, owner),
    buryJob: (tenant, kind, id, owner, reason, now) =>
      ask(
        `UPDATE "${t.job}" SET reason = ?, died_at = ?, owner = NULL, lease_until = NULL WHERE ${job} AND owner = ?`,
        reason,
        now,
        tenant,
        kind,
        id,
        owner,
      ),
    job: (tenant, kind, id) => ask(`SELECT ${COLUMNS} FROM "${t.job}" WHERE ${job}`, tenant, kind, id),
    deadJobs: (tenant, kind, limit) =>
      ask(
        `SELECT ${COLUMNS}, reason, died_at FROM "${t.job}" WHERE kind = ? AND tenant = ? AND died_at IS NOT NULL
        ORDER BY died_at DESC, id DESC LIMIT ?`,
        kind,
        tenant,
        limit,
      ),
    countJobs: (kind) => ask(`SELECT count(*) AS jobs FROM "${t.job}" WHERE kind = ? AND died_at IS NULL`, kind),
  };
}
