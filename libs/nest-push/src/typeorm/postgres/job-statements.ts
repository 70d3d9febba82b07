import type { SqlDialect } from '../sql-dialect.js';
import { ask } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { binaryArray } from './arrays.js';
import { overRows, POSITION, quietly, rowSet, tell } from './row-set.js';

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

const JOBS = rowSet('r', {
  tenant: 'text',
  kind: 'text',
  id: 'text',
  payload: 'text',
  done: 'int8',
  size: 'int8',
  due_at: 'int8',
});
const STEPS = rowSet('r', {
  tenant: 'text',
  kind: 'text',
  id: 'text',
  done: 'int8',
  until: 'int8',
  owner: 'text',
  lease_until: 'int8',
});
const HELD = rowSet('r', { tenant: 'text', kind: 'text', id: 'text', owner: 'text' });
const MOVED = rowSet('r', {
  tenant: 'text',
  kind: 'text',
  id: 'text',
  payload: 'text',
  due_at: 'int8',
  owner: 'text',
  lease_until: 'int8',
});
const NAMES = rowSet('r', { tenant: 'text', kind: 'text', id: 'text' });
const COLUMNS = 'tenant, kind, id, payload, position, size, due_at, attempts';

export function jobStatements(t: TableNames): JobStatements {
  const job = 'tenant = $1 AND kind = $2 AND id = $3 AND coalesce(died_at, 0) = 0';
  const held = `${job} AND owner = $4`;
  const due = `j.due_at <= $3 AND (j.lease_until IS NULL OR j.lease_until <= $3)`;
  /** Of one that is looked up by its name. As the index of what is due has it, it would be looked for there, among the tenant's all. */
  const alive = 'coalesce(j.died_at, 0) = 0';

  const toJob = `JOIN "${t.job}" j ON j.tenant = r.tenant AND j.kind = r.kind AND j.id = r.id`;
  const named = `j.tenant = r.tenant AND j.kind = r.kind AND j.id = r.id`;
  const told = COLUMNS.split(', ')
    .map((name) => `j.${name}`)
    .join(', ');
  /** Along the index, from tenant to tenant. */
  const tenants = `WITH RECURSIVE tenants AS (
    (SELECT j.tenant FROM "${t.job}" j WHERE j.kind = $1 AND j.died_at IS NULL ORDER BY j.tenant LIMIT 1)
    UNION ALL
    SELECT (SELECT j.tenant FROM "${t.job}" j WHERE j.kind = $1 AND j.died_at IS NULL AND j.tenant > t.tenant
      ORDER BY j.tenant LIMIT 1)
    FROM tenants t WHERE t.tenant IS NOT NULL)`;
  const oldest = `FROM "${t.job}" j WHERE j.tenant = t.tenant AND j.kind = $1 AND j.died_at IS NULL AND ${due}
    ORDER BY j.due_at, j.no`;

  return {
    insertJobs: (rows) =>
      quietly(
        JOBS,
        rows,
        `INSERT INTO "${t.job}" (tenant, kind, id, payload, position, size, due_at, attempts)
        SELECT r.tenant, r.kind, r.id, r.payload, r.done, r.size, r.due_at, 0 FROM ${JOBS.from} ORDER BY r.at
        ON CONFLICT DO NOTHING`,
      ),
    /**
     * The job first: of several that take the same step, those who come late hold nothing of the message. Then the
     * message: a recall waits for it, or has it and is seen.
     */
    stepJobs: (rows) =>
      overRows(
        STEPS,
        rows,
        `WITH next AS MATERIALIZED (
          SELECT r.* FROM ${STEPS.from} JOIN "${t.job}" j ON j.tenant = r.tenant AND j.kind = r.kind AND j.id = r.id
            AND j.position = r.done AND ${alive}
          ORDER BY r.at FOR UPDATE OF j),
        alive AS MATERIALIZED (
          SELECT r.* FROM next r
          JOIN "${t.message}" m ON m.tenant = r.tenant AND m.id = r.id AND m.recalled_at IS NULL
          ORDER BY r.at FOR SHARE OF m),
        moved AS (
          UPDATE "${t.job}" j SET position = r.until, owner = r.owner, lease_until = r.lease_until FROM alive r
          WHERE j.tenant = r.tenant AND j.kind = r.kind AND j.id = r.id RETURNING r.at)
        SELECT ${POSITION} AS at FROM moved r`,
      ),
    dropFinishedJobs: (rows) =>
      quietly(
        NAMES,
        rows,
        `DELETE FROM "${t.job}" j USING ${NAMES.from}
        WHERE j.tenant = r.tenant AND j.kind = r.kind AND j.id = r.id AND j.position >= j.size`,
      ),
    /**
     * Goes from tenant to tenant along the index, not through all jobs that are due. First who is to be served, without
     * locks, then each one's oldest job, where nobody holds it or is taking it at this moment.
     */
    claimJobs: (kind, owner, now, leaseUntil, limit, busy) =>
      ask(
        `${tenants},
        longest AS MATERIALIZED (
          SELECT j.tenant, j.kind, j.id FROM tenants t CROSS JOIN LATERAL (
            SELECT j.* FROM "${t.job}" j WHERE j.tenant = t.tenant AND j.kind = $1 AND j.died_at IS NULL
            ORDER BY j.due_at, j.no LIMIT 1) j
          WHERE t.tenant <> ALL ($6::text[]) AND ${due} ORDER BY j.due_at, j.no LIMIT $5),
        taken AS MATERIALIZED (
          SELECT r.* FROM longest r ${toJob} AND ${alive} AND ${due} FOR UPDATE OF j SKIP LOCKED)
        UPDATE "${t.job}" j SET owner = $2, lease_until = $4, attempts = j.attempts + 1 FROM taken r
        WHERE ${named} RETURNING ${told}`,
        kind,
        owner,
        now,
        leaseUntil,
        limit,
        binaryArray('text', busy),
      ),
    /** First who is to be served with how many, without locks, then so many of each one's oldest that nobody is taking. */
    takeJobs: (kind, owner, now, leaseUntil, limit, perTenant, without) =>
      ask(
        `${tenants},
        shares AS MATERIALIZED (
          SELECT o.tenant, count(*) AS most FROM (
            SELECT j.tenant FROM tenants t CROSS JOIN LATERAL (
              SELECT j.*, row_number() OVER (ORDER BY j.due_at, j.no) AS turn
              FROM (SELECT j.tenant, j.due_at, j.no ${oldest} LIMIT $6) j) j
            WHERE t.tenant <> ALL ($7::text[]) ORDER BY j.turn, j.due_at, j.no LIMIT $5) o GROUP BY o.tenant),
        taken AS MATERIALIZED (
          SELECT j.* FROM shares t CROSS JOIN LATERAL (
            SELECT j.tenant, j.kind, j.id ${oldest} LIMIT t.most FOR UPDATE SKIP LOCKED) j)
        UPDATE "${t.job}" j SET owner = $2, lease_until = $4, attempts = j.attempts + 1 FROM taken r
        WHERE ${named} RETURNING ${told}`,
        kind,
        owner,
        now,
        leaseUntil,
        limit,
        perTenant,
        binaryArray('text', without),
      ),
    hastenJobs: (names, dueAt) =>
      quietly(
        NAMES,
        names,
        `WITH later AS MATERIALIZED (
          SELECT r.* FROM ${NAMES.from} ${toJob} AND j.owner IS NULL AND ${alive}
            AND (j.due_at > $4 OR j.lease_until > $4)
          ORDER BY r.at FOR UPDATE OF j SKIP LOCKED)
        UPDATE "${t.job}" j SET due_at = least(j.due_at, $4),
          lease_until = CASE WHEN j.lease_until > $4 THEN $4 ELSE j.lease_until END FROM later r WHERE ${named}`,
        [dueAt],
      ),
    /** The dead have no owner. */
    lockJobs: (rows) =>
      overRows(
        HELD,
        rows,
        `SELECT ${POSITION} AS at, j.due_at FROM ${HELD.from} ${toJob} AND j.owner = r.owner
        ORDER BY r.at FOR UPDATE OF j`,
      ),
    moveJobs: (rows) =>
      quietly(
        MOVED,
        rows,
        `UPDATE "${t.job}" j SET payload = r.payload, due_at = r.due_at, owner = r.owner, lease_until = r.lease_until
        FROM ${MOVED.from} WHERE ${named}`,
      ),
    dropJobs: (names) => quietly(NAMES, names, `DELETE FROM "${t.job}" j USING ${NAMES.from} WHERE ${named}`),
    postponeJob: (tenant, kind, id, owner, dueAt) =>
      tell(`UPDATE "${t.job}" SET lease_until = $5, owner = NULL WHERE ${held}`, tenant, kind, id, owner, dueAt),
    finishJob: (tenant, kind, id, owner) => tell(`DELETE FROM "${t.job}" WHERE ${held}`, tenant, kind, id, owner),
    buryJob: (tenant, kind, id, owner, reason, now) =>
      tell(
        `UPDATE "${t.job}" SET reason = $5, died_at = $6, owner = NULL, lease_until = NULL WHERE ${held}`,
        tenant,
        kind,
        id,
        owner,
        reason,
        now,
      ),
    job: (tenant, kind, id) => ask(`SELECT ${COLUMNS} FROM "${t.job}" WHERE ${job}`, tenant, kind, id),
    deadJobs: (tenant, kind, limit) =>
      ask(
        `SELECT ${COLUMNS}, reason, died_at FROM "${t.job}" WHERE tenant = $1 AND kind = $2 AND died_at IS NOT NULL
        ORDER BY died_at DESC, id DESC LIMIT $3`,
        tenant,
        kind,
        limit,
      ),
    countJobs: (kind) => ask(`SELECT count(*) AS jobs FROM "${t.job}" WHERE kind = $1 AND died_at IS NULL`, kind),
  };
}
