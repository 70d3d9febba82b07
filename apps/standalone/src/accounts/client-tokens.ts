import { createJwtTokens, type JwtTokens, type ReadJwks } from 'nest-push';
import { systemClock } from 'push-core';
import type { Accounts } from './accounts.js';
import { tokenSecrets } from './token-secrets.js';

/** Client tokens of the tenants: signed by this server, or by issuers of theirs. */
export const clientTokens = (accounts: Accounts, readJwks: ReadJwks): JwtTokens =>
  createJwtTokens({
    secretOf: (tenant) => tokenSecrets(accounts, tenant, systemClock.now()),
    issuersOf: async (tenant) => (await accounts.tenant(tenant))?.issuers ?? [],
    readJwks,
  });
