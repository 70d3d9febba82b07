import { Module, type DynamicModule } from '@nestjs/common';
import { PushModule, type ReadJwks } from 'nest-push';
import { PushHttpModule } from 'nest-push/http';
import { measureStore } from 'nest-push/metrics';
import type { Store } from 'push-core';
import { AccountAuthenticator } from './accounts/account-authenticator.js';
import { AccountPolicies } from './accounts/account-policies.js';
import type { Accounts } from './accounts/accounts.js';
import { clientTokens } from './accounts/client-tokens.js';
import { adminControllers, adminProviders } from './admin/admin-parts.js';
import { adminOperations } from './admin/admin.operations.js';
import { ACCOUNTS } from './admin/admin.tokens.js';
import type { Backstage } from './backstage.js';
import { routesOf } from './backstage-routes.js';
import type { Config } from './config.js';
import { offlineOptions } from './offline.js';

export interface ServerParts {
  readonly config: Config;
  readonly accounts: Accounts;
  readonly store: Store;
  readonly backstage: Backstage;
  /** Reads the keys of tenants' issuers. */
  readonly readJwks: ReadJwks;
  readonly version: string;
  /** How long clients and work in hand are waited for at the end. Milliseconds. */
  readonly drainTimeoutMs: number;
}

/** Puts the parts together; everything that delivers is in the libraries. */
@Module({})
export class ServerModule {
  static of(parts: ServerParts): DynamicModule {
    const { config, accounts, store: given, backstage, version, drainTimeoutMs } = parts;
    const store = config.metrics ? measureStore(given) : given;
    const tokens = clientTokens(accounts, parts.readJwks);
    const { broker, roles } = config;
    const isApi = roles.includes('api');
    const behind = routesOf(backstage);
    return {
      module: ServerModule,
      imports: [
        PushModule.forRoot({
          store,
          authenticator: tokens,
          node: config.nodeId,
          roles,
          rabbitmq: broker && { url: broker.url, startup: broker.startup, prefix: broker.prefix },
          ingress: broker?.ingress ?? false,
          limits: config.limits,
          tenants: new AccountPolicies(accounts),
          offline: offlineOptions(config),
          drainTimeoutMs,
          tracing: config.tracing,
          mqtt: config.mqtt,
          socketio: config.socketio ? {} : undefined,
          allowedOrigins: config.allowedOrigins,
          trustedProxies: config.trustedProxies,
        }),
        PushHttpModule.register({
          apiAuthenticator: { useValue: new AccountAuthenticator(accounts, backstage.desk?.keys) },
          tokenIssuer: { useValue: tokens },
          roles,
          metrics: config.metrics && { store, tenants: config.metricsTenants },
          operations: isApi ? [...adminOperations, ...behind.operations] : [],
          info: { version },
        }),
      ],
      controllers: isApi ? [...adminControllers, ...behind.controllers] : [],
      providers: [
        ...adminProviders({ config, accounts, store, people: backstage.people }),
        ...(isApi ? behind.providers : []),
      ],
      exports: [ACCOUNTS],
    };
  }
}
