import type { Verdict } from './policy.js';

/** A notification that was put off and has been decided about again. */
export interface Decided {
  readonly verdict: Verdict;
  /** One name for one device of one user, see `deviceKey`. */
  readonly to: string;
  readonly thread?: string;
  /** Later messages have a greater one. */
  readonly order: number;
}

export interface Joined {
  readonly verdict: Verdict;
  /** Messages it stands for, itself included; 1 where it stands for itself, or another for it. */
  readonly covers: number;
}

/**
 * Of what was put off and is to be sent now, one notification a device and thread: the newest, which stands for the others. Only those
 * that would be sent are joined, so that none is given up for one that is never sent. Answers in the order given.
 */
export function joinDigests(decided: readonly Decided[]): readonly Joined[] {
  const groups = new Map<string, number[]>();
  decided.forEach((one, index) => {
    if (one.verdict.kind !== 'send' || one.thread === undefined) return;
    const key = `${one.to} ${one.thread}`;
    const group = groups.get(key);
    if (group) group.push(index);
    else groups.set(key, [index]);
  });
  const joined: Joined[] = decided.map(({ verdict }) => ({ verdict, covers: 1 }));
  for (const group of groups.values()) if (group.length > 1) join(group, decided, joined);
  return joined;
}

function join(group: readonly number[], decided: readonly Decided[], joined: Joined[]): void {
  const orderOf = (index: number): number => decided[index]?.order ?? 0;
  const newest = group.reduce((best, index) => (orderOf(index) >= orderOf(best) ? index : best));
  for (const index of group) {
    const verdict = decided[index]?.verdict;
    if (verdict?.kind !== 'send') continue;
    joined[index] =
      index === newest
        ? { verdict: { ...verdict, digest: true }, covers: group.length }
        : { verdict: { kind: 'suppress', reason: 'digested', rule: verdict.rule }, covers: 1 };
  }
}
