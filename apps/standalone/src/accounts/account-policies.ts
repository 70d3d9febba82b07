import type { TenantException, TenantPolicies, TenantPolicy } from 'push-core';
import type { Accounts, Tenant } from './accounts.js';

/** The tenants' limits, as the engine asks for them. It remembers the answers itself. */
export class AccountPolicies implements TenantPolicies {
  constructor(private readonly accounts: Accounts) {}

  async of(tenant: string): Promise<TenantPolicy> {
    const found = await this.accounts.latestTenant(tenant);
    return found ? policyOf(found) : {};
  }

  async exceptions(): Promise<readonly TenantException[]> {
    const found = await this.accounts.exceptionalTenants();
    return found.map(({ id, suspendedAt, limits }) => ({
      tenant: id,
      suspended: suspendedAt !== undefined,
      retentionMs: limits?.retentionMs,
    }));
  }
}

const policyOf = ({ suspendedAt, suspendReason, limits }: Tenant): TenantPolicy => ({
  ...limits,
  ...(suspendedAt === undefined ? {} : { suspended: { at: suspendedAt, reason: suspendReason } }),
});
