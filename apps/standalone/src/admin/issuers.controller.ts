import { Inject } from '@nestjs/common';
import { Caller, CheckedInput, PushController, Route, type Input } from 'nest-push/http';
import { PushError } from 'push-core';
import type { EgressGuard } from 'push-core/providers';
import type { AccountPrincipal } from '../accounts/account-authenticator.js';
import type { Accounts, TenantIssuer } from '../accounts/accounts.js';
import { ACCOUNTS, EGRESS_GUARD } from './admin.tokens.js';
import { issuersOperation, putIssuersOperation } from './issuer.operations.js';
import { noSuchTenant } from './one-tenant.js';

/** The guard has compared `{tenant}` of the path with the caller's. */
@PushController()
export class IssuersController {
  constructor(
    @Inject(ACCOUNTS) private readonly accounts: Accounts,
    @Inject(EGRESS_GUARD) private readonly guard: EgressGuard,
  ) {}

  @Route(issuersOperation)
  async list(@Caller() { tenant }: AccountPrincipal): Promise<{ issuers: readonly TenantIssuer[] }> {
    const found = await this.accounts.latestTenant(tenant);
    if (!found) throw noSuchTenant();
    return { issuers: found.issuers ?? [] };
  }

  @Route(putIssuersOperation)
  async put(
    @Caller() { tenant }: AccountPrincipal,
    @CheckedInput() { body }: Input<{ issuers: readonly TenantIssuer[] }>,
  ): Promise<{ issuers: readonly TenantIssuer[] }> {
    const { issuers } = body;
    for (const [at, { issuer, jwksUrl }] of issuers.entries()) {
      if (issuers.findIndex((one) => one.issuer === issuer) !== at)
        throw new PushError('INVALID', `issuers[${at}].issuer stands there before`, { field: `issuers[${at}].issuer` });
      await this.check(jwksUrl, `issuers[${at}].jwksUrl`);
    }
    const changed = await this.accounts.changeTenant(tenant, { issuers });
    if (!changed) throw noSuchTenant();
    return { issuers: changed.issuers ?? [] };
  }

  /** What cannot be resolved now is judged again before anything is fetched. */
  private async check(url: string, field: string): Promise<void> {
    const verdict = await this.guard.judge(url);
    if (verdict.kind !== 'refused') return;
    const remedy = 'give a public https address, or have the operator admit it with PUSH_EGRESS_ALLOW';
    throw new PushError('INVALID', `"${field}" is not an address this server may call (${verdict.reason}): ${remedy}`, {
      field,
    });
  }
}
