import type { Push, Store } from 'push-core';

export interface UsageView {
  /** Live ones, on this node. */
  readonly connections: number;
  readonly storedBytes: number;
  readonly storedMessages: number;
  readonly publishes: { readonly limit: number; readonly remaining: number; readonly resetMs: number };
}

/** What a tenant uses at the moment. */
export class TenantUsage {
  constructor(
    private readonly push: Push,
    private readonly store: Pick<Store, 'messages'>,
  ) {}

  async of(tenant: string): Promise<UsageView> {
    const [{ connections, publishes }, stored] = await Promise.all([
      this.push.quota(tenant),
      this.store.messages.usage(tenant),
    ]);
    const { limit, remaining, resetMs } = publishes;
    return {
      connections: connections.used,
      storedBytes: stored.bytes,
      storedMessages: stored.messages,
      publishes: { limit, remaining, resetMs },
    };
  }
}
