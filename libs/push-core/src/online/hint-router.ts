import type { Hint } from '../cluster/bus.js';
import type { Events } from '../events.js';
import { streamKey } from '../model/stream.js';
import type { ResolvedOptions } from '../options.js';
import { joined, partsOf, type HintPart } from './hint-parts.js';

/**
 * Sends hints to the nodes they concern: what concerns users, to the nodes that the directory says hold them; the rest to
 * all. So an append costs as many hints as there are nodes to tell, however large the cluster.
 *
 * One look into the directory at a time, for everything that came up meanwhile: hints for one node keep their order, and
 * under load a look serves hundreds of them. Where the directory does not answer, everybody is told.
 */
export class HintRouter {
  private waiting: Hint[] = [];
  private busy = false;

  constructor(
    private readonly options: ResolvedOptions,
    private readonly events: Events,
  ) {}

  tell(hints: readonly Hint[]): void {
    for (const hint of hints) this.waiting.push(hint);
    if (this.busy || this.waiting.length === 0) return;
    this.busy = true;
    void this.route();
  }

  private async route(): Promise<void> {
    while (this.waiting.length > 0) {
      const hints = this.waiting;
      this.waiting = [];
      await this.routeSome(hints.flatMap(partsOf));
    }
    this.busy = false;
  }

  private async routeSome(parts: readonly HintPart[]): Promise<void> {
    const { bus, life } = this.options;
    const holders = await this.holdersOf(parts);
    const toAll: Hint[] = [];
    const byNode = new Map<string, Hint[]>();
    for (const { user, hint } of parts) {
      if (!user || !holders) toAll.push(hint);
      else {
        for (const node of holders.get(streamKey(user.tenant, user.user)) ?? []) {
          if (node === life) continue;
          const some = byNode.get(node);
          if (some) some.push(hint);
          else byNode.set(node, [hint]);
        }
      }
    }
    if (toAll.length > 0) void bus.broadcast(joined(toAll));
    for (const [node, some] of byNode) void bus.send(node, joined(some));
  }

  /** Undefined where the directory does not answer. */
  private async holdersOf(parts: readonly HintPart[]): Promise<ReadonlyMap<string, readonly string[]> | undefined> {
    const users = new Map<string, NonNullable<HintPart['user']>>();
    for (const { user } of parts) if (user) users.set(streamKey(user.tenant, user.user), user);
    if (users.size === 0) return new Map();
    const { store, clock } = this.options;
    try {
      const found = await store.presence.holders([...users.values()], clock.now());
      return new Map([...users.keys()].map((key, i) => [key, found[i] ?? []]));
    } catch (error) {
      this.events.emit('trouble', { during: 'look into the directory', error });
      return undefined;
    }
  }
}
