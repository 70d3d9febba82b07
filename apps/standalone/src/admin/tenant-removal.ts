import { setTimeout as delay } from 'node:timers/promises';
import { systemClock, type Push } from 'push-core';
import type { Accounts } from '../accounts/accounts.js';
import { noSuchTenant } from './one-tenant.js';

/** On other nodes a suspension takes effect within five seconds. */
export const OTHER_NODES_MS = 6_000;
const REASON = 'is being deleted';

/**
 * Deletes a tenant: suspended, so that nothing is added; erased, when every node knows that; then its keys and itself. What
 * is cut off in between leaves a suspended tenant, and is begun again by deleting it again.
 */
export class TenantRemoval {
  constructor(
    private readonly accounts: Accounts,
    private readonly push: Push,
    /** How long other nodes may take to hear of it; 0 where there are none. Milliseconds. */
    private readonly otherNodesMs: number,
    /** Takes away who could sign in for it; how many they were. */
    private readonly removePeople: (tenant: string) => Promise<number> = async () => 0,
  ) {}

  /** Throws NOT_FOUND. */
  async remove(id: string): Promise<{ erased: Readonly<Record<string, number>>; finished: boolean }> {
    const tenant = await this.accounts.latestTenant(id);
    if (!tenant) throw noSuchTenant();
    const now = systemClock.now();
    const since = tenant.suspendedAt ?? now;
    await this.accounts.changeTenant(id, { suspended: { at: since, reason: REASON } });
    await this.push.tenantChanged(id);
    // A suspension of long ago is known everywhere; a clock that was set back asks for no more than the whole time.
    const left = Math.min(this.otherNodesMs, since + this.otherNodesMs - now);
    if (left > 0) await delay(left);
    const { finished = true, ...erased } = await this.push.eraseTenant(id);
    if (!finished) return { erased, finished };
    const people = await this.removePeople(id);
    const keys = await this.accounts.removeTenant(id);
    await this.push.tenantChanged(id);
    return { erased: { ...erased, people, keys: keys ?? 0 }, finished };
  }
}
