import type { AppendOutcome, AppendRequest, JobStep, NewJob } from 'push-core';
import { admitKeys } from './admit-keys.js';
import { joinSteps } from './join-steps.js';
import { pageSteps } from './page-steps.js';
import { releaseHeld } from './release-held.js';
import type { SqlDialect } from './sql-dialect.js';
import { storeMessages } from './store-messages.js';
import type { Steps } from './steps.js';

/**
 * What an append does, as statements one after the other inside one transaction: which keys are new, which messages are
 * new, the work that goes with them, the heads and the entries. The heads come last: they are what others wait for.
 * However many requests, the number of statements stays the same.
 */
export function* appendSteps(
  sql: SqlDialect,
  epoch: string,
  requests: readonly AppendRequest[],
): Steps<AppendOutcome[]> {
  const outcomes: (AppendOutcome | undefined)[] = new Array<undefined>(requests.length).fill(undefined);
  yield* admitKeys(sql, requests, outcomes);
  yield* storeMessages(sql, requests, outcomes);
  yield* releaseHeld(sql, requests, outcomes);
  yield* storeJobs(sql, requests, outcomes);
  const stepped = yield* pageSteps(sql, requests, outcomes);

  const joining = requests.map((request, at) => (outcomes[at] || request.when === 'hold' ? undefined : request));
  const places = yield* joinSteps(sql, epoch, joining, stepped.length === 0);
  if (stepped.length > 0) yield* sql.dropFinishedJobs(stepped);
  return requests.map((_, at) => outcomes[at] ?? { kind: 'stored', places: places[at] ?? [] });
}

/** Work that is stored with what makes it necessary; nothing for what was appended before. */
function* storeJobs(
  sql: SqlDialect,
  requests: readonly AppendRequest[],
  outcomes: readonly (AppendOutcome | undefined)[],
): Steps<void> {
  const rows = new Map<string, unknown[]>();
  requests.forEach(({ job, jobs = [], when }, at) => {
    if (when === 'page' || outcomes[at]) return;
    for (const { tenant, kind, id, payload, position, size, dueAt } of isNew(job) ? [job, ...jobs] : jobs) {
      const name = `${tenant} ${kind} ${id}`;
      if (!rows.has(name)) rows.set(name, [tenant, kind, id, payload, position, size, dueAt]);
    }
  });
  // In the order they came: it is the order they are done in. Nobody else has these names.
  if (rows.size > 0) yield* sql.insertJobs([...rows.values()]);
}

const isNew = (job: NewJob | JobStep | undefined): job is NewJob => job !== undefined && 'payload' in job;
