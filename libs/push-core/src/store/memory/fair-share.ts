/** The first `limit` in turns, of one tenant no more than `perTenant`: the first of every tenant before the second of any. */
export function fairShare<T extends { readonly tenant: string }>(
  line: readonly T[],
  limit: number,
  perTenant: number,
  without: readonly string[] = [],
): readonly T[] {
  const left = new Set(without);
  const counts = new Map<string, number>();
  const turns: T[][] = [];
  for (const one of line) {
    if (left.has(one.tenant)) continue;
    const count = counts.get(one.tenant) ?? 0;
    if (count >= perTenant) continue;
    counts.set(one.tenant, count + 1);
    (turns[count] ??= []).push(one);
  }
  return turns.flat().slice(0, limit);
}
