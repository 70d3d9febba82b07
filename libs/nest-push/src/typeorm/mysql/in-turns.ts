import type { Row } from '../sql-connection.js';

/** The first `limit` in turns, of one tenant no more than `perTenant`: the first of every tenant before the second of any. */
export function inTurns(rows: readonly Row[], limit: number, perTenant: number): Row[] {
  const served = new Map<unknown, number>();
  const turns: Row[][] = [];
  for (const row of rows) {
    const before = served.get(row.tenant) ?? 0;
    if (before >= perTenant) continue;
    served.set(row.tenant, before + 1);
    (turns[before] ??= []).push(row);
  }
  return turns.flat().slice(0, limit);
}
