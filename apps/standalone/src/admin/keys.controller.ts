import { Inject } from '@nestjs/common';
import { Caller, CheckedInput, PushController, Route, type Input } from 'nest-push/http';
import { PushError, systemClock } from 'push-core';
import type { AccountPrincipal } from '../accounts/account-authenticator.js';
import type { Accounts, ApiKey, Role } from '../accounts/accounts.js';
import { newApiKey, withoutHash } from '../accounts/api-key.js';
import { ACCOUNTS } from './admin.tokens.js';
import { createKeyOperation, keysOperation, removeKeyOperation } from './admin.operations.js';

/** API keys of one tenant: the caller's own, or the one that `X-Tenant` names. */
@PushController()
export class KeysController {
  constructor(@Inject(ACCOUNTS) private readonly accounts: Accounts) {}

  @Route(createKeyOperation)
  async create(
    @Caller() { tenant }: AccountPrincipal,
    @CheckedInput() { body }: Input<{ role: Role }>,
  ): Promise<ApiKey & { key: string }> {
    const { key, stored } = newApiKey(tenant, body.role, systemClock.now());
    await this.accounts.addKey(stored);
    return { ...withoutHash(stored), key };
  }

  @Route(keysOperation)
  async list(@Caller() { tenant }: AccountPrincipal): Promise<{ keys: readonly ApiKey[] }> {
    return { keys: await this.accounts.keys(tenant) };
  }

  @Route(removeKeyOperation)
  async remove(@Caller() { tenant }: AccountPrincipal, @CheckedInput() { params }: Input): Promise<void> {
    if (!(await this.accounts.removeKey(tenant, params.id ?? '')))
      throw new PushError('NOT_FOUND', 'There is no such key');
  }
}
