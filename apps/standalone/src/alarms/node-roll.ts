import type { Clock, SettingStore } from 'push-core';

/** No tenant has a space in its name. */
const NOBODY = 'server alarms';
const PREFIX = 'node.';
/** A node that was not heard of for so long is lost … */
const LOST_MS = 60_000;
/** … and after so long it is not missed any more. */
const FORGOTTEN_MS = 3600_000;

/**
 * The nodes that look out for alarms, in the store they share. A node that ends in good order takes itself off; one that was not heard of is
 * lost, until it comes back under its name or has been away for an hour.
 */
export class NodeRoll {
  private readonly key: { readonly tenant: string; readonly name: string };

  constructor(
    private readonly settings: SettingStore,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly node: string,
  ) {
    this.key = { tenant: NOBODY, name: PREFIX + node };
  }

  /** Says that this node is there. Resolves with those that are not. */
  async call(): Promise<{ readonly lost: readonly string[]; readonly isFirst: boolean }> {
    const now = this.clock.now();
    await this.settings.put(this.key, '{}', now);
    const rows = await this.settings.list(NOBODY, PREFIX);
    const lost: string[] = [];
    let first: string | undefined;
    for (const { name, updatedAt } of rows) {
      const silentMs = now - updatedAt;
      if (silentMs < LOST_MS) first ??= name;
      else if (silentMs < FORGOTTEN_MS) lost.push(name.slice(PREFIX.length));
      else await this.settings.remove({ tenant: NOBODY, name });
    }
    return { lost, isFirst: first === this.key.name };
  }

  async leave(): Promise<void> {
    await this.settings.remove(this.key);
  }
}
