import { renewalBucket, type EraseOutcome, type EraseStep } from 'push-core';
import type { Erasable } from './erase-dialect.js';
import { stepThrough, type PhaseStep } from './erase-progress.js';
import { eraseTables } from './erase-rows.js';
import { eraseTickets } from './erase-user-steps.js';
import type { SqlDialect } from './sql-dialect.js';
import type { Steps } from './steps.js';

/** Streams marked in one step: a statement each. */
const MARKED = 200;

/** Whom it could reach, then what it says; the jobs last, with the one that does this. */
const TABLES: readonly Erasable[] = [
  ...(['subscription', 'follow', 'device', 'token', 'preference', 'setting', 'notification', 'idempotency'] as const),
  ...(['entry', 'stream', 'message', 'spared', 'cursor', 'readMark', 'presence', 'revocation', 'job'] as const),
];

export function eraseTenantSteps(sql: SqlDialect, erase: EraseStep): Steps<EraseOutcome> {
  const { tenant, limit } = erase;
  return stepThrough(
    {
      marked: (after) => markStreams(sql, erase, after),
      tickets: () => eraseTickets(sql, (identity) => identity.tenant === tenant, tenant),
      rows: () => eraseTables(sql, TABLES, { tenant }, limit),
    },
    erase.from,
  );
}

/** A tenant of the same name begins anew. */
function* markStreams(sql: SqlDialect, { tenant, mark }: EraseStep, after: string): Steps<PhaseStep> {
  const rows = yield* sql.streamsOf(tenant, after, MARKED);
  const buckets = new Set(rows.map(({ stream }) => renewalBucket(tenant, stream as string)));
  for (const bucket of [...buckets].sort((a, b) => a - b)) yield* sql.putRenewal(bucket, mark);
  return rows.length === MARKED ? { after: rows.at(-1)?.stream as string } : {};
}
