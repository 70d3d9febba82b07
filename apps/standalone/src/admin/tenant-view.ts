import type { Tenant, TenantLimits } from '../accounts/accounts.js';

/** A tenant as the API shows it. */
export interface TenantView extends Omit<Tenant, 'limits' | 'issuers'> {
  readonly limits: TenantLimits;
  readonly issuers: number;
}

export const viewOf = ({ limits = {}, issuers = [], ...tenant }: Tenant): TenantView => ({
  ...tenant,
  limits,
  issuers: issuers.length,
});
