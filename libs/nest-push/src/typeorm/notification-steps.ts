import type { NotificationKey } from 'push-core';
import { inLockOrder } from './lock-order.js';
import type { NotificationName } from './notification-dialect.js';
import { NAME_FIELDS } from './notification-row.js';
import { rounds } from './rounds.js';
import type { SqlDialect } from './sql-dialect.js';
import type { Steps } from './steps.js';

export const nameOfKey = ({ tenant, messageId, user, device }: NotificationKey): NotificationName => [
  tenant,
  messageId,
  user,
  device,
];

/** Map key of a row whose fields begin with its name; ids hold no white space, so a space separates safely. */
export const rowKey = (row: readonly unknown[]): string => row.slice(0, NAME_FIELDS).join(' ');

/**
 * Changes the rows that are in `state`, and `owner`'s where one is given: first they are locked, in one order for all,
 * then they are written. Answers for each whether it was; a name that comes twice is looked at twice.
 */
export function* changeRows(
  sql: SqlDialect,
  rows: readonly (readonly unknown[])[],
  state: string,
  owner: string | null,
  write: (rows: readonly (readonly unknown[])[]) => Steps<unknown>,
): Steps<readonly boolean[]> {
  const changed = new Set<readonly unknown[]>();
  for (const round of rounds(rows, rowKey)) {
    const sorted = inLockOrder(round, NAME_FIELDS);
    const names = sorted.map((row) => row.slice(0, NAME_FIELDS) as unknown as NotificationName);
    const found = yield* sql.lockNotifications(names, state, owner);
    const some = found.map(({ at }) => sorted[at as number] as readonly unknown[]);
    if (some.length === 0) continue;
    yield* write(some);
    for (const row of some) changed.add(row);
  }
  return rows.map((row) => changed.has(row));
}
