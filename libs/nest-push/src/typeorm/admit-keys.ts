import type { AppendOutcome, AppendRequest } from 'push-core';
import type { SqliteDialect } from './dialects/sqlite.js';
import { pair } from './pair.js';
import { step, type Steps } from './steps.js';

interface UsedKey {
  readonly fingerprint: string;
  readonly id: string;
  readonly acceptedAt: number;
}

/** Decides on requests whose idempotency key was used before: in the store, or earlier in the batch. */
export function* admitKeys(
  sql: SqliteDialect,
  requests: readonly AppendRequest[],
  outcomes: (AppendOutcome | undefined)[],
): Steps<void> {
  const keyed = requests.flatMap(({ message, idempotency, when }, at) =>
    idempotency && when !== 'release' ? [{ at, message, idempotency }] : [],
  );
  if (keyed.length === 0) return;

  const pairs = keyed.map(({ message, idempotency }) => [message.tenant, idempotency.key]);
  const used = new Map<string, UsedKey>();
  for (const row of yield step(sql.usedKeys, JSON.stringify(pairs))) {
    const [tenant, key] = pairs[row.at as number] as [string, string];
    used.set(pair(tenant, key), {
      fingerprint: row.fingerprint as string,
      id: row.message_id as string,
      acceptedAt: row.accepted_at as number,
    });
  }
  for (const { at, message, idempotency } of keyed) {
    const name = pair(message.tenant, idempotency.key);
    const first = used.get(name);
    const { fingerprint } = idempotency;
    if (!first) used.set(name, { fingerprint, id: message.id, acceptedAt: message.acceptedAt });
    else if (first.fingerprint !== fingerprint) outcomes[at] = { kind: 'conflict' };
    else outcomes[at] = { kind: 'duplicate', id: first.id, acceptedAt: first.acceptedAt };
  }
}
