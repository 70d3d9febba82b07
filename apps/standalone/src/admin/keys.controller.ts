import { Inject } from '@nestjs/common';
import { Caller, CheckedInput, PushController, Route, type Input } from 'nest-push/http';
import { PushError, systemClock } from 'push-core';
import type { AccountPrincipal } from '../accounts/account-authenticator.js';
import type { Accounts, ApiKey, Role } from '../accounts/accounts.js';
import { newApiKey, withoutHash } from '../accounts/api-key.js';
import { DEFAULT_OVERLAP_MS } from './admin.schemas.js';
import { ACCOUNTS } from './admin.tokens.js';
import { createKeyOperation, keysOperation, removeKeyOperation, rotateKeyOperation } from './key.operations.js';
import { oneTenant } from './one-tenant.js';

type NewKey = ApiKey & { readonly key: string };

/** API keys of one tenant: the caller's own, or the one that `X-Tenant` names. */
@PushController()
export class KeysController {
  constructor(@Inject(ACCOUNTS) private readonly accounts: Accounts) {}

  @Route(createKeyOperation)
  async create(
    @Caller() caller: AccountPrincipal,
    @CheckedInput() { body }: Input<{ role: Role; name?: string; expiresAt?: number }>,
  ): Promise<NewKey> {
    const now = systemClock.now();
    const { role, name, expiresAt } = body;
    if (expiresAt !== undefined && expiresAt <= now)
      throw new PushError('INVALID', '"expiresAt" is in the past', { field: 'expiresAt' });
    const { key, stored } = newApiKey(oneTenant(caller), role, now, { name, expiresAt });
    await this.accounts.addKey(stored);
    return { ...withoutHash(stored), key };
  }

  @Route(keysOperation)
  async list(@Caller() caller: AccountPrincipal): Promise<{ keys: readonly ApiKey[] }> {
    return { keys: await this.accounts.keys(oneTenant(caller)) };
  }

  /** The new key has the role and the name, and is good for as long as the old one was made for. */
  @Route(rotateKeyOperation)
  async rotate(
    @Caller() caller: AccountPrincipal,
    @CheckedInput() { params, body }: Input<{ overlapMs?: number }>,
  ): Promise<NewKey> {
    const tenant = oneTenant(caller);
    const { id = '' } = params;
    const now = systemClock.now();
    const old = await this.accounts.key(id);
    if (old?.tenant !== tenant) throw noSuchKey();
    const { role, name, createdAt, expiresAt } = old;
    if (expiresAt !== undefined && expiresAt <= now && old.replacedBy === undefined)
      throw new PushError('INVALID', 'The key has expired; make a new one', { field: 'id' });
    const ends = expiresAt === undefined ? undefined : now + (expiresAt - createdAt);
    const { key, stored } = newApiKey(tenant, role, now, { name, expiresAt: ends });
    switch (await this.accounts.rotateKey(tenant, id, stored, now + (body.overlapMs ?? DEFAULT_OVERLAP_MS))) {
      case 'rotated':
        return { ...withoutHash(stored), key };
      case 'no-such-key':
        throw noSuchKey();
      case 'rotated-before':
        throw new PushError('INVALID', 'The key was replaced before; rotate the one in "replacedBy"', { field: 'id' });
    }
  }

  @Route(removeKeyOperation)
  async remove(@Caller() caller: AccountPrincipal, @CheckedInput() { params }: Input): Promise<void> {
    if (!(await this.accounts.removeKey(oneTenant(caller), params.id ?? ''))) throw noSuchKey();
  }
}

const noSuchKey = (): PushError => new PushError('NOT_FOUND', 'There is no such key');
