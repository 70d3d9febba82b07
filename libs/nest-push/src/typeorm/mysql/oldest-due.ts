import type { Row } from '../sql-connection.js';
import { step, type Steps } from '../steps.js';
import { pieces } from './sets.js';

/** Ranges in one statement. */
const RANGES = 50;

export interface DueRow extends Row {
  readonly due_at: number;
}

/**
 * What is due longest, over all ranges (of a tenant's rows, each no longer than the tenant's share). `range` is a SELECT in
 * brackets that answers `due_at` in its order; nothing is locked. MariaDB can tell no set "so many of each".
 */
export function* oldestDue(
  range: string,
  ranges: readonly (readonly unknown[])[],
  limit: number,
  byAge: (a: DueRow, b: DueRow) => number = (a, b) => a.due_at - b.due_at,
): Steps<Row[]> {
  const found: DueRow[] = [];
  for (const { rows } of pieces(ranges, RANGES)) {
    const answer: Row[] = yield step(rows.map(() => range).join(' UNION ALL '), ...rows.flat());
    found.push(...(answer as DueRow[]));
  }
  return found.sort(byAge).slice(0, limit);
}
