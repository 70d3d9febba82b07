import { randomBytes } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { Caller, CheckedInput, PushController, Route, type Input } from 'nest-push/http';
import { PushError, systemClock } from 'push-core';
import type { AccountPrincipal } from '../accounts/account-authenticator.js';
import type { Accounts, Tenant } from '../accounts/accounts.js';
import { TENANT_SECRET_BYTES } from '../accounts/api-key.js';
import { ACCOUNTS } from './admin.tokens.js';
import { createTenantOperation, tenantsOperation } from './admin.operations.js';

@PushController()
export class TenantsController {
  constructor(@Inject(ACCOUNTS) private readonly accounts: Accounts) {}

  @Route(createTenantOperation)
  async create(@Caller() caller: AccountPrincipal, @CheckedInput() { body }: Input<{ id: string }>): Promise<Tenant> {
    onlyServerAdmin(caller);
    const tenant = { id: body.id, createdAt: systemClock.now() };
    if (await this.accounts.addTenant(tenant, randomBytes(TENANT_SECRET_BYTES))) return tenant;
    throw new PushError('INVALID', `There is a tenant "${body.id}" already`, { field: 'id' });
  }

  @Route(tenantsOperation)
  async list(@Caller() caller: AccountPrincipal): Promise<{ tenants: readonly Tenant[] }> {
    onlyServerAdmin(caller);
    return { tenants: await this.accounts.tenants() };
  }
}

/** A tenant's own key with the role `admin` is an administrator of that tenant, not of the server. */
function onlyServerAdmin({ everyTenant }: AccountPrincipal): void {
  if (!everyTenant) throw new PushError('NOT_ALLOWED', 'Only the admin key of the server may do this');
}
