import type { AppendOutcome, AppendRequest, JobStep } from 'push-core';
import { inLockOrder } from './lock-order.js';
import { pair } from './pair.js';
import { rounds } from './rounds.js';
import type { Pair, SqlDialect } from './sql-dialect.js';
import type { Steps } from './steps.js';

interface Page {
  readonly at: number;
  readonly row: readonly unknown[];
}

/**
 * Moves the jobs of the batch's pages. A page that is not its job's next step was done before, or is not to be done any
 * more. Resolves with the rows of the jobs that moved, each once.
 */
export function* pageSteps(
  sql: SqlDialect,
  requests: readonly AppendRequest[],
  outcomes: (AppendOutcome | undefined)[],
): Steps<readonly (readonly unknown[])[]> {
  const pages: Page[] = [];
  const late = new Set<number>();
  requests.forEach(({ when, job }, at) => {
    if (when !== 'page') return;
    late.add(at);
    if (isStep(job)) pages.push({ at, row: fieldsOf(job) });
  });
  const moved = new Map<string, readonly unknown[]>();
  for (const round of rounds(pages, ({ row }) => nameOf(row))) {
    const positions = new Map(round.map(({ at, row }) => [row, at]));
    const rows = inLockOrder([...positions.keys()], 3);
    for (const next of yield* sql.stepJobs(rows)) {
      const row = rows[next.at as number] as readonly unknown[];
      late.delete(positions.get(row) as number);
      moved.set(nameOf(row), row);
    }
  }
  if (late.size > 0) yield* tellDuplicates(sql, requests, late, outcomes);
  return inLockOrder([...moved.values()], 3);
}

function* tellDuplicates(
  sql: SqlDialect,
  requests: readonly AppendRequest[],
  late: ReadonlySet<number>,
  outcomes: (AppendOutcome | undefined)[],
): Steps<void> {
  const messages = [...late].map((at) => (requests[at] as AppendRequest).message);
  const ids = inLockOrder(
    [...new Map(messages.map(({ tenant, id }) => [pair(tenant, id), [tenant, id] as Pair])).values()],
    2,
  );
  const acceptedAt = new Map<string, number>();
  for (const row of yield* sql.lockMessages(ids))
    acceptedAt.set(pair(...(ids[row.at as number] as Pair)), row.accepted_at as number);
  for (const at of late) {
    const { tenant, id, acceptedAt: told } = (requests[at] as AppendRequest).message;
    outcomes[at] = { kind: 'duplicate', id, acceptedAt: acceptedAt.get(pair(tenant, id)) ?? told };
  }
}

const isStep = (job: AppendRequest['job']): job is JobStep => job !== undefined && 'from' in job;

const fieldsOf = ({ tenant, kind, id, from, to, owner, leaseUntil }: JobStep): readonly unknown[] => [
  tenant,
  kind,
  id,
  from,
  to,
  owner,
  leaseUntil,
];

/** Names hold no white space, so a space separates safely. */
const nameOf = ([tenant, kind, id]: readonly unknown[]): string => [tenant, kind, id].join(' ');
