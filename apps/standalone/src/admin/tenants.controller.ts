import { randomBytes } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { PUSH } from 'nest-push';
import { Caller, CheckedInput, PushController, Route, type Input } from 'nest-push/http';
import { PushError, systemClock, type Push } from 'push-core';
import type { AccountPrincipal } from '../accounts/account-authenticator.js';
import type { Accounts, Tenant, TenantChange, TenantLimits, TenantPage } from '../accounts/accounts.js';
import { TENANT_SECRET_BYTES } from '../accounts/api-key.js';
import { DEFAULT_OVERLAP_MS } from './admin.schemas.js';
import { ACCOUNTS } from './admin.tokens.js';
import { noSuchTenant, onlyServerAdmin } from './one-tenant.js';
import * as operations from './tenant.operations.js';
import { TenantRemoval } from './tenant-removal.js';
import { TenantUsage, type UsageView } from './tenant-usage.js';
import { viewOf, type TenantView } from './tenant-view.js';

const PAGE = 100;

type NewTenant = { id: string; name?: string; limits?: TenantLimits };

/** The guard has compared `{tenant}` of the path with the caller's. */
@PushController()
export class TenantsController {
  constructor(
    @Inject(ACCOUNTS) private readonly accounts: Accounts,
    @Inject(PUSH) private readonly push: Push,
    @Inject(TenantUsage) private readonly usage: TenantUsage,
    @Inject(TenantRemoval) private readonly removal: TenantRemoval,
  ) {}

  @Route(operations.createTenantOperation)
  async create(@Caller() caller: AccountPrincipal, @CheckedInput() { body }: Input<NewTenant>): Promise<TenantView> {
    onlyServerAdmin(caller);
    const { id, name, limits } = body;
    const tenant: Tenant = { id, ...(name === undefined ? {} : { name }), createdAt: systemClock.now() };
    if (!(await this.accounts.addTenant(tenant, randomBytes(TENANT_SECRET_BYTES))))
      throw new PushError('INVALID', `There is a tenant "${id}" already`, { field: 'id' });
    return limits ? this.change(id, { limits }) : viewOf(tenant);
  }

  @Route(operations.tenantsOperation)
  async list(
    @Caller() caller: AccountPrincipal,
    @CheckedInput() { query }: Input<unknown, TenantPage>,
  ): Promise<{ tenants: readonly TenantView[]; next?: string }> {
    onlyServerAdmin(caller);
    const { after, limit = PAGE } = query;
    const found = await this.accounts.tenants({ after, limit: limit + 1 });
    const tenants = found.slice(0, limit).map(viewOf);
    return { tenants, ...(found.length > limit ? { next: tenants.at(-1)?.id } : {}) };
  }

  @Route(operations.tenantOperation)
  async one(@Caller() { tenant: id }: AccountPrincipal): Promise<TenantView & { usage: UsageView }> {
    const tenant = await this.accounts.latestTenant(id);
    if (!tenant) throw noSuchTenant();
    return { ...viewOf(tenant), usage: await this.usage.of(id) };
  }

  @Route(operations.tenantLimitsOperation)
  async limits(@Caller() caller: AccountPrincipal, @CheckedInput() { body }: Input<TenantLimits>): Promise<TenantView> {
    onlyServerAdmin(caller);
    return this.change(caller.tenant, { limits: body });
  }

  @Route(operations.suspendTenantOperation)
  async suspend(
    @Caller() caller: AccountPrincipal,
    @CheckedInput() { body }: Input<{ reason?: string }>,
  ): Promise<TenantView> {
    onlyServerAdmin(caller);
    return this.change(caller.tenant, { suspended: { at: systemClock.now(), reason: body.reason } });
  }

  @Route(operations.resumeTenantOperation)
  async resume(@Caller() caller: AccountPrincipal): Promise<TenantView> {
    onlyServerAdmin(caller);
    return this.change(caller.tenant, { suspended: false });
  }

  @Route(operations.deleteTenantOperation)
  async remove(
    @Caller() caller: AccountPrincipal,
    @CheckedInput() { query }: Input<unknown, { confirm: string }>,
  ): Promise<{ erased: Readonly<Record<string, number>>; finished: boolean }> {
    onlyServerAdmin(caller);
    if (query.confirm !== caller.tenant)
      throw new PushError('INVALID', '"confirm" is not the id of the tenant', { field: 'confirm' });
    return this.removal.remove(caller.tenant);
  }

  @Route(operations.rotateSecretOperation)
  async rotateSecret(
    @Caller() { tenant }: AccountPrincipal,
    @CheckedInput() { body }: Input<{ overlapMs?: number }>,
  ): Promise<{ rotatedAt: number; previousUntil: number }> {
    const rotatedAt = systemClock.now();
    const previousUntil = rotatedAt + (body.overlapMs ?? DEFAULT_OVERLAP_MS);
    const secret = randomBytes(TENANT_SECRET_BYTES);
    if (!(await this.accounts.rotateSecret(tenant, secret, rotatedAt, previousUntil))) throw noSuchTenant();
    return { rotatedAt, previousUntil };
  }

  private async change(id: string, change: TenantChange): Promise<TenantView> {
    const changed = await this.accounts.changeTenant(id, change);
    if (!changed) throw noSuchTenant();
    await this.push.tenantChanged(id);
    return viewOf(changed);
  }
}
