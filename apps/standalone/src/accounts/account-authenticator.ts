import type { ApiAuthentication, ApiAuthenticator, Principal } from 'nest-push/http';
import type { Accounts } from './accounts.js';
import { hashOf, idIn, sameHash } from './api-key.js';
import { DEFAULT_TENANT } from './first-start.js';

/** An admin key is good for every tenant, an API key for its own alone, whatever its role. */
export interface AccountPrincipal extends Principal {
  readonly everyTenant: boolean;
}

export class AccountAuthenticator implements ApiAuthenticator {
  constructor(private readonly accounts: Accounts) {}

  async authenticate(key: string, tenantHeader: string | undefined): Promise<ApiAuthentication> {
    const hash = hashOf(key);
    const id = idIn(key);
    const stored = id === undefined ? undefined : await this.accounts.key(id);
    if (stored && sameHash(stored.hash, hash))
      return ok({ tenant: stored.tenant, role: stored.role, everyTenant: false });

    const admin = await this.accounts.adminHash();
    if (!admin || !sameHash(admin, hash)) return { kind: 'unauthorized' };
    const tenant = tenantHeader ?? DEFAULT_TENANT;
    if (!(await this.accounts.tenant(tenant))) return { kind: 'not-found', what: 'tenant' };
    return ok({ tenant, role: 'admin', everyTenant: true });
  }
}

const ok = (principal: AccountPrincipal): ApiAuthentication => ({ kind: 'ok', principal });
