/**
 * A statement can change a row only once. Splits the batch so that no key comes twice in a round: its first mention is in
 * the first round, its second in the second. Nearly always that is one round.
 */
export function rounds<T>(batch: readonly T[], keyOf: (one: T) => string): T[][] {
  const mentions = new Map<string, number>();
  const result: T[][] = [];
  for (const one of batch) {
    const key = keyOf(one);
    const round = mentions.get(key) ?? 0;
    mentions.set(key, round + 1);
    (result[round] ??= []).push(one);
  }
  return result;
}
