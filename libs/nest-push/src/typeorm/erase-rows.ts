import type { ErasedCounts } from 'push-core';
import type { PhaseStep } from './erase-progress.js';
import type { Erasable, Where } from './erase-dialect.js';
import type { SqlDialect } from './sql-dialect.js';
import type { Steps } from './steps.js';

/** As what the rows of a table are counted; the rest as others. */
const COUNTED: Partial<Record<Erasable, keyof ErasedCounts>> = {
  message: 'messages',
  entry: 'entries',
  device: 'devices',
  subscription: 'subscriptions',
  notification: 'notifications',
};

/** What matches, in all of these tables, so many rows a step. */
export function* eraseTables(
  sql: SqlDialect,
  tables: readonly Erasable[],
  where: Where,
  limit: number,
): Steps<PhaseStep> {
  const counts: Record<string, number> = {};
  let left = limit;
  for (const table of tables) {
    const gone = yield* sql.eraseRows(table, where, left);
    const name = COUNTED[table] ?? 'others';
    counts[name] = (counts[name] ?? 0) + gone;
    left -= gone;
    if (left <= 0) return { counts, after: table };
  }
  return { counts };
}
