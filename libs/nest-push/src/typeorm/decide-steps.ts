import type { DecisionStep, NotificationKey, NotificationRow } from 'push-core';
import { inLockOrder } from './lock-order.js';
import { NAME_FIELDS, notificationFields } from './notification-row.js';
import { nameOfKey, rowKey } from './notification-steps.js';
import { rounds } from './rounds.js';
import type { SqlDialect } from './sql-dialect.js';
import type { Steps } from './steps.js';

/**
 * What a batch of decisions does, as statements inside one transaction: the jobs are locked, so that nobody else decides
 * about these messages, then their rows are added, then the jobs are moved on or removed.
 */
export function* decideSteps(
  sql: SqlDialect,
  steps: readonly DecisionStep[],
  now: number,
): Steps<(readonly NotificationKey[] | undefined)[]> {
  const answers = new Map<DecisionStep, readonly NotificationKey[]>();
  for (const round of rounds(steps, ({ job }) => [job.tenant, job.kind, job.id].join(' '))) {
    const sorted = inLockOrder(
      round.map((step) => [step.job.tenant, step.job.kind, step.job.id, step.owner, step] as const),
      3,
    );
    const held = yield* sql.lockJobs(sorted.map(([tenant, kind, id, owner]) => [tenant, kind, id, owner]));
    const done = held.map(({ at, due_at }) => ({
      step: (sorted[at as number] as (typeof sorted)[number])[4],
      dueAt: due_at as number,
    }));
    if (done.length === 0) continue;
    const added = yield* addRows(
      sql,
      done.flatMap(({ step }) => step.rows),
      now,
    );
    for (const { step } of done) answers.set(step, keysAdded(step, added));
    const moved = done.flatMap(({ step, dueAt }) => (step.payload === undefined ? [] : [movedJob(step, dueAt)]));
    if (moved.length > 0) yield* sql.moveJobs(moved);
    const over = done.flatMap(({ step: { job, payload } }) =>
      payload === undefined ? [[job.tenant, job.kind, job.id]] : [],
    );
    if (over.length > 0) yield* sql.dropJobs(over);
  }
  return steps.map((step) => answers.get(step));
}

/** The keys of rows that were not there; a key is taken out by the step it counts for. */
function* addRows(sql: SqlDialect, rows: readonly NotificationRow[], now: number): Steps<Set<string>> {
  if (rows.length === 0) return new Set();
  const fields = new Map<string, unknown[]>();
  for (const row of rows) {
    const one = notificationFields(row, now);
    const key = rowKey(one);
    if (!fields.has(key)) fields.set(key, one);
  }
  const sorted = inLockOrder([...fields.values()], NAME_FIELDS);
  const added = yield* sql.addNotifications(sorted);
  return new Set(added.map(({ at }) => rowKey(sorted[at as number] as unknown[])));
}

function keysAdded(step: DecisionStep, added: Set<string>): NotificationKey[] {
  return step.rows.flatMap((row) => {
    const { tenant, messageId, user, device } = row;
    return added.delete(rowKey(nameOfKey(row))) ? [{ tenant, messageId, user, device }] : [];
  });
}

/** Given back, it is due at another time, for anybody; otherwise it stays with its owner for longer. */
const movedJob = ({ job, payload, owner, leaseUntil, release }: DecisionStep, dueAt: number): unknown[] => [
  job.tenant,
  job.kind,
  job.id,
  payload,
  release?.dueAt ?? dueAt,
  release ? null : owner,
  release ? null : leaseUntil,
];
