import { Inject } from '@nestjs/common';
import { PushError, type CheckResult, type PolicySettings, type ProviderState, type Push } from 'push-core';
import { PUSH } from '../../tokens.js';
import type { Principal } from '../api-authenticator.js';
import { Caller, CheckedInput, type Input } from '../metadata.js';
import {
  checkProviderOperation,
  policyOperation,
  providerOperation,
  providersOperation,
  putPolicyOperation,
  putProviderOperation,
  removeProviderOperation,
} from '../openapi/provider.operations.js';
import { PushController, Route } from '../route.js';

/** What a tenant has set for its notifications. The tenant of the path is the caller's: its guard has seen to that. */
@PushController()
export class ProvidersController {
  constructor(@Inject(PUSH) private readonly push: Push) {}

  @Route(providersOperation)
  async list(@Caller() { tenant }: Principal): Promise<{ providers: readonly ProviderState[] }> {
    return { providers: await this.push.notifications.providers(tenant) };
  }

  @Route(providerOperation)
  async one(@Caller() { tenant }: Principal, @CheckedInput() { params }: Input): Promise<ProviderState> {
    const all = await this.push.notifications.providers(tenant);
    const found = all.find(({ provider }) => provider === params.provider);
    if (found) return found;
    throw new PushError('NOT_FOUND', 'There are no credentials for this provider', { field: 'provider' });
  }

  @Route(putProviderOperation)
  put(@Caller() { tenant }: Principal, @CheckedInput() { params, body }: Input): Promise<ProviderState> {
    return this.push.notifications.putProvider(tenant, params.provider!, body);
  }

  @Route(removeProviderOperation)
  async remove(@Caller() { tenant }: Principal, @CheckedInput() { params }: Input): Promise<void> {
    await this.push.notifications.removeProvider(tenant, params.provider!);
  }

  @Route(checkProviderOperation)
  check(@Caller() { tenant }: Principal, @CheckedInput() { params }: Input): Promise<CheckResult> {
    return this.push.notifications.checkProvider(tenant, params.provider!);
  }

  @Route(policyOperation)
  policy(@Caller() { tenant }: Principal): Promise<PolicySettings> {
    return this.push.notifications.policy(tenant);
  }

  @Route(putPolicyOperation)
  putPolicy(@Caller() { tenant }: Principal, @CheckedInput() { body }: Input): Promise<PolicySettings> {
    return this.push.notifications.putPolicy(tenant, body);
  }
}
