import type { NotificationStore } from '../store/notification-store.js';
import { DEFAULT_DAMPING } from '../policy/decide.js';
import type { Rule } from '../policy/policy.js';
import type { Case } from './case.js';
import type { Recent } from './judge.js';

interface Tally {
  count: number;
  last?: number;
}

/** How much the users were told of these threads lately: asked of the store once for each window, and counted on while it is decided. */
export class RecentTold {
  private readonly tallies = new Map<string, Tally>();

  static async of(
    store: NotificationStore,
    cases: readonly Case[],
    rulesOf: (tenant: string) => readonly Rule[],
    now: number,
  ): Promise<RecentTold> {
    const told = new RecentTold(now);
    const asked = new Map<string, { tenant: string; user: string; thread: string; since: number }>();
    for (const { message, user } of cases) {
      const { tenant, thread } = message;
      if (thread === undefined) continue;
      for (const windowMs of windowsOf(rulesOf(tenant))) {
        asked.set(keyOf(tenant, user, thread, windowMs), { tenant, user, thread, since: now - windowMs });
      }
    }
    if (asked.size > 0) {
      const counts = await store.recent([...asked.values()]);
      [...asked.keys()].forEach((key, i) => told.tallies.set(key, { ...(counts[i] ?? { count: 0 }) }));
    }
    return told;
  }

  private constructor(private readonly now: number) {}

  readonly recent: Recent = ({ message, user }, windowMs) =>
    this.tallies.get(keyOf(message.tenant, user, message.thread ?? '', windowMs)) ?? { count: 0 };

  /** Another one is sent. */
  add({ message, user }: Case, rules: readonly Rule[]): void {
    if (message.thread === undefined) return;
    for (const windowMs of windowsOf(rules)) {
      const tally = this.tallies.get(keyOf(message.tenant, user, message.thread, windowMs));
      if (!tally) continue;
      tally.count++;
      tally.last = this.now;
    }
  }
}

function windowsOf(rules: readonly Rule[]): ReadonlySet<number> {
  const windows = new Set<number>([DEFAULT_DAMPING.windowMs]);
  for (const { damping } of rules) if (damping && damping !== 'off') windows.add(damping.windowMs);
  return windows;
}

/** Names hold no white space, so a space separates safely. */
const keyOf = (tenant: string, user: string, thread: string, windowMs: number): string =>
  `${tenant} ${user} ${thread} ${windowMs}`;
