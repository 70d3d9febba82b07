import { systemClock, type Clock } from 'push-core';
import type { ApiAuthentication, ApiAuthenticator, Principal } from 'nest-push/http';
import type { Accounts } from './accounts.js';
import { hashOf, idIn, sameHash } from './api-key.js';
import { DEFAULT_TENANT } from './first-start.js';

/** Who acts, as the audit log names them. */
export interface Actor {
  readonly kind: 'key' | 'person' | 'admin-key' | 'cli';
  readonly id: string;
  readonly name?: string;
}

/**
 * An admin key is good for every tenant, an API key for its own alone, whatever its role. `tenant` is empty where one
 * that is good for every tenant named none, and there is no tenant `default`.
 */
export interface AccountPrincipal extends Principal {
  readonly everyTenant: boolean;
  readonly actor: Actor;
}

/** Beginning of the bearers that stand for the session of a person who has signed in. */
export const SESSION_BEARER = 'push_session_';

/** Says who has signed in. */
export interface SessionKeys {
  /** `bearer` begins with `push_session_`. `tenantHeader` is the tenant that the request names. The principal is an `AccountPrincipal`. */
  principalOf(bearer: string, tenantHeader: string | undefined): Promise<ApiAuthentication>;
}

export class AccountAuthenticator implements ApiAuthenticator {
  constructor(
    private readonly accounts: Accounts,
    /** Without it nobody signs in. */
    private readonly sessions?: SessionKeys,
    private readonly clock: Clock = systemClock,
  ) {}

  async authenticate(key: string, tenantHeader: string | undefined): Promise<ApiAuthentication> {
    if (key.startsWith(SESSION_BEARER))
      return this.sessions ? this.sessions.principalOf(key, tenantHeader) : { kind: 'unauthorized' };
    const hash = hashOf(key);
    const id = idIn(key);
    const stored = id === undefined ? undefined : await this.accounts.key(id);
    if (stored && sameHash(stored.hash, hash)) {
      const { tenant, role, name, expiresAt } = stored;
      if (expiresAt !== undefined && expiresAt <= this.clock.now()) return { kind: 'unauthorized' };
      return ok({ tenant, role, everyTenant: false, actor: { kind: 'key', id: stored.id, name } });
    }

    const admin = await this.accounts.adminHash();
    if (!admin || !sameHash(admin, hash)) return { kind: 'unauthorized' };
    const known = await this.accounts.tenant(tenantHeader ?? DEFAULT_TENANT);
    if (!known && tenantHeader !== undefined) return { kind: 'not-found', what: 'tenant' };
    return ok({
      tenant: known?.id ?? '',
      role: 'admin',
      everyTenant: true,
      actor: { kind: 'admin-key', id: 'admin' },
    });
  }
}

const ok = (principal: AccountPrincipal): ApiAuthentication => ({ kind: 'ok', principal });
