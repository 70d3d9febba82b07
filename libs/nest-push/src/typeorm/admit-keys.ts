import type { AppendOutcome, AppendRequest } from 'push-core';
import { inLockOrder } from './lock-order.js';
import { pair } from './pair.js';
import type { Pair, SqlDialect } from './sql-dialect.js';
import type { Steps } from './steps.js';

interface UsedKey {
  readonly fingerprint: string;
  readonly id: string;
  readonly acceptedAt: number;
}

/**
 * Decides on requests whose idempotency key was used before, in the store or earlier in the batch, and writes the keys
 * that are new. First of all, so that two who use the same key at once meet here, before either holds a stream.
 */
export function* admitKeys(
  sql: SqlDialect,
  requests: readonly AppendRequest[],
  outcomes: (AppendOutcome | undefined)[],
): Steps<void> {
  const keyed = requests.flatMap(({ message, idempotency, when }, at) =>
    idempotency && (when === 'now' || when === 'hold') ? [{ at, message, idempotency }] : [],
  );
  if (keyed.length === 0) return;

  const pairs = keyed.map(({ message, idempotency }): Pair => [message.tenant, idempotency.key]);
  const used = new Map<string, UsedKey>();
  for (const row of yield* sql.usedKeys(pairs)) {
    const [tenant, key] = pairs[row.at as number] as Pair;
    used.set(pair(tenant, key), {
      fingerprint: row.fingerprint as string,
      id: row.message_id as string,
      acceptedAt: row.accepted_at as number,
    });
  }
  const fresh: unknown[][] = [];
  for (const { at, message, idempotency } of keyed) {
    const { key, fingerprint, keepUntil } = idempotency;
    const { tenant, id, acceptedAt } = message;
    const name = pair(tenant, key);
    const first = used.get(name);
    if (!first) {
      used.set(name, { fingerprint, id, acceptedAt });
      fresh.push([tenant, key, fingerprint, id, acceptedAt, keepUntil]);
    } else if (first.fingerprint !== fingerprint) outcomes[at] = { kind: 'conflict' };
    else outcomes[at] = { kind: 'duplicate', id: first.id, acceptedAt: first.acceptedAt };
  }
  if (fresh.length > 0) yield* sql.insertKeys(inLockOrder(fresh, 2));
}
