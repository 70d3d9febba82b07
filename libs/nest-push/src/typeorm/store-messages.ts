import type { AppendOutcome, AppendRequest } from 'push-core';
import { byCodeUnit } from './lock-order.js';
import { pair } from './pair.js';
import type { SqlDialect } from './sql-dialect.js';
import type { Steps } from './steps.js';

/** Inserts what is new; an id that is stored already, or twice in the batch, was appended before. */
export function* storeMessages(
  sql: SqlDialect,
  requests: readonly AppendRequest[],
  outcomes: (AppendOutcome | undefined)[],
): Steps<void> {
  const first = new Map<string, { at: number; acceptedAt: number }>();
  const again: { at: number; name: string }[] = [];
  requests.forEach(({ message, when }, at) => {
    if (outcomes[at] || (when !== 'now' && when !== 'hold')) return;
    const name = pair(message.tenant, message.id);
    if (first.has(name)) again.push({ at, name });
    else first.set(name, { at, acceptedAt: message.acceptedAt });
  });
  if (first.size === 0) return;

  const messageAt = (at: number) => (requests[at] as AppendRequest).message;
  const positions = [...first.values()].sort((a, b) => {
    const [left, right] = [messageAt(a.at), messageAt(b.at)];
    return byCodeUnit(left.tenant, right.tenant) || byCodeUnit(left.id, right.id);
  });
  const known = yield* sql.insertMessages(
    positions.map(({ at }) => {
      const { message, when } = requests[at] as AppendRequest;
      return { message, held: when === 'hold' };
    }),
  );
  for (const row of known) {
    const one = positions[row.at as number] as (typeof positions)[number];
    one.acceptedAt = row.accepted_at as number;
    outcomes[one.at] = { kind: 'duplicate', id: messageAt(one.at).id, acceptedAt: one.acceptedAt };
  }
  for (const { at, name } of again) {
    const { id, acceptedAt } = messageAt(at);
    outcomes[at] = { kind: 'duplicate', id, acceptedAt: first.get(name)?.acceptedAt ?? acceptedAt };
  }
}
