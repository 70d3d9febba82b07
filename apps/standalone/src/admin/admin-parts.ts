import type { Provider, Type } from '@nestjs/common';
import { PUSH } from 'nest-push';
import type { Push, Store } from 'push-core';
import { createEgressGuard } from 'push-core/providers';
import type { Accounts } from '../accounts/accounts.js';
import type { Config } from '../config.js';
import type { PeopleStore } from '../people/people-store.js';
import { ACCOUNTS, EGRESS_GUARD } from './admin.tokens.js';
import { IssuersController } from './issuers.controller.js';
import { KeysController } from './keys.controller.js';
import { OTHER_NODES_MS, TenantRemoval } from './tenant-removal.js';
import { TenantUsage } from './tenant-usage.js';
import { TenantsController } from './tenants.controller.js';

/** What answers `adminOperations`. */
export const adminControllers: readonly Type<unknown>[] = [TenantsController, IssuersController, KeysController];

export interface AdminParts {
  readonly config: Pick<Config, 'database' | 'egressAllow'>;
  readonly accounts: Accounts;
  readonly store: Store;
  readonly people: Pick<PeopleStore, 'removeOf'>;
}

/** What the controllers are given. */
export function adminProviders({ config, accounts, store, people }: AdminParts): Provider[] {
  const { kind } = config.database;
  // What is in memory or in a file belongs to this process.
  const otherNodesMs = kind === 'memory' || kind === 'sqlite' ? 0 : OTHER_NODES_MS;
  return [
    { provide: ACCOUNTS, useValue: accounts },
    { provide: EGRESS_GUARD, useValue: createEgressGuard({ allow: config.egressAllow }) },
    { provide: TenantUsage, inject: [PUSH], useFactory: (push: Push) => new TenantUsage(push, store) },
    {
      provide: TenantRemoval,
      inject: [PUSH],
      useFactory: (push: Push) => new TenantRemoval(accounts, push, otherNodesMs, (tenant) => people.removeOf(tenant)),
    },
  ];
}
