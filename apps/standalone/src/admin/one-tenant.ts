import { PushError } from 'push-core';
import type { AccountPrincipal } from '../accounts/account-authenticator.js';

/** The tenant that the request is about. */
export function oneTenant({ tenant }: AccountPrincipal): string {
  if (tenant !== '') return tenant;
  throw new PushError('INVALID', 'Name the tenant with "X-Tenant"', { field: 'X-Tenant' });
}

/** A tenant's own key with the role `admin` is an administrator of that tenant, not of the server. */
export function onlyServerAdmin({ everyTenant }: AccountPrincipal): void {
  if (!everyTenant) throw new PushError('NOT_ALLOWED', 'Only the admin key of the server may do this');
}

export const noSuchTenant = (): PushError => new PushError('NOT_FOUND', 'There is no such tenant', { field: 'tenant' });
