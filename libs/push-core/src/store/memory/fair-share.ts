/** The first `limit`, but of one tenant no more than the first `perTenant`. */
export function fairShare<T extends { readonly tenant: string }>(
  line: readonly T[],
  limit: number,
  perTenant: number,
): readonly T[] {
  const counts = new Map<string, number>();
  const chosen: T[] = [];
  for (const one of line) {
    if (chosen.length >= limit) break;
    const count = counts.get(one.tenant) ?? 0;
    if (count >= perTenant) continue;
    counts.set(one.tenant, count + 1);
    chosen.push(one);
  }
  return chosen;
}
