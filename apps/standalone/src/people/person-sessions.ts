import type { ApiAuthentication } from 'nest-push/http';
import { PushError, type Clock } from 'push-core';
import type { AccountPrincipal, SessionKeys } from '../accounts/account-authenticator.js';
import type { Accounts } from '../accounts/accounts.js';
import { DEFAULT_TENANT } from '../accounts/first-start.js';
import { EVERY_TENANT, type StoredPerson } from './people.js';
import type { SessionStore } from './session-store.js';

/** What somebody still has to do before the API is open to them. */
export const unfinished = (person: StoredPerson, totpRequired: boolean): string | undefined => {
  if (person.mustChangePassword) return 'Choose a password of your own first';
  if (totpRequired && person.totp === undefined && person.password !== undefined)
    return 'Set up an authenticator app first';
  return undefined;
};

/** Whom a session stands for: their role, on their tenant or on the one they name if all are theirs. */
export class PersonSessions implements SessionKeys {
  constructor(
    private readonly sessions: SessionStore,
    private readonly accounts: Pick<Accounts, 'tenant'>,
    private readonly settings: { readonly totpRequired: boolean; readonly clock: Clock },
  ) {}

  async principalOf(bearer: string, tenantHeader: string | undefined): Promise<ApiAuthentication> {
    const person = await this.sessions.personOf(bearer, this.settings.clock.now());
    if (!person) return { kind: 'unauthorized' };
    const first = unfinished(person, this.settings.totpRequired);
    if (first !== undefined) throw new PushError('NOT_ALLOWED', first);

    const everyTenant = person.tenant === EVERY_TENANT;
    const named = tenantHeader ?? (everyTenant ? DEFAULT_TENANT : person.tenant);
    // One that is not theirs and one that is not there look the same.
    const theirs = everyTenant || named === person.tenant;
    const known = theirs ? await this.accounts.tenant(named) : undefined;
    if (!known && !(everyTenant && tenantHeader === undefined)) return { kind: 'not-found', what: 'tenant' };
    const principal: AccountPrincipal = {
      tenant: known?.id ?? '',
      role: person.role,
      everyTenant,
      actor: { kind: 'person', id: person.id, name: person.name },
    };
    return { kind: 'ok', principal };
  }
}
