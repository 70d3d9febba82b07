import type { TenantException, TenantPolicies, TenantPolicy } from './tenant-policies.js';

/** Policies that a spec sets as it likes; asked in vain while `away`. */
export class PolicyTable implements TenantPolicies {
  readonly policies = new Map<string, TenantPolicy>();
  asked = 0;
  away = false;
  /** Answers a turn later, as one that asks a database. */
  isSlow = false;

  set(tenant: string, policy: TenantPolicy): void {
    this.policies.set(tenant, policy);
  }

  of(tenant: string): TenantPolicy | Promise<TenantPolicy> {
    this.asked++;
    if (this.away) throw new Error('away');
    const policy = this.policies.get(tenant) ?? {};
    return this.isSlow ? Promise.resolve(policy) : policy;
  }

  async exceptions(): Promise<readonly TenantException[]> {
    if (this.away) throw new Error('away');
    return [...this.policies].map(([tenant, { suspended, retentionMs }]) => ({
      tenant,
      suspended: suspended !== undefined,
      retentionMs,
    }));
  }
}
