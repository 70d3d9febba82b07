import type { AppendOutcome, AppendRequest } from 'push-core';
import { inLockOrder } from './lock-order.js';
import { pair } from './pair.js';
import type { Pair, SqlDialect } from './sql-dialect.js';
import type { Steps } from './steps.js';

/** Lets held messages go, each once: whoever comes second finds it released. */
export function* releaseHeld(
  sql: SqlDialect,
  requests: readonly AppendRequest[],
  outcomes: (AppendOutcome | undefined)[],
): Steps<void> {
  const positions = requests.flatMap((request, at) => (request.when === 'release' ? [at] : []));
  if (positions.length === 0) return;

  const asked = new Map<string, Pair>();
  for (const at of positions) {
    const { tenant, id } = (requests[at] as AppendRequest).message;
    asked.set(pair(tenant, id), [tenant, id]);
  }
  const ids = inLockOrder([...asked.values()], 2);
  const known = new Map<string, { acceptedAt: number; held: boolean }>();
  for (const row of yield* sql.lockMessages(ids)) {
    const [tenant, id] = ids[row.at as number] as Pair;
    known.set(pair(tenant, id), { acceptedAt: row.accepted_at as number, held: row.held_until !== null });
  }

  /** What this batch itself holds can be released only by what follows in it. */
  const heldSince = new Map<string, number>();
  requests.forEach(({ message, when }, at) => {
    if (when === 'hold' && !outcomes[at]) heldSince.set(pair(message.tenant, message.id), at);
  });
  const taken = new Map<string, Pair>();
  for (const at of positions) {
    const { id, acceptedAt, tenant } = (requests[at] as AppendRequest).message;
    const name = pair(tenant, id);
    const message = known.get(name);
    if (message?.held && !taken.has(name) && (heldSince.get(name) ?? -1) < at) taken.set(name, [tenant, id]);
    else outcomes[at] = { kind: 'duplicate', id, acceptedAt: message?.acceptedAt ?? acceptedAt };
  }
  if (taken.size > 0) yield* sql.releaseMessages(inLockOrder([...taken.values()], 2));
}
