import { Module, type DynamicModule } from '@nestjs/common';
import { PushModule, createJwtTokens } from 'nest-push';
import { PushHttpModule } from 'nest-push/http';
import { measureStore } from 'nest-push/metrics';
import type { Store } from 'push-core';
import { AccountAuthenticator } from './accounts/account-authenticator.js';
import type { Accounts } from './accounts/accounts.js';
import { adminOperations } from './admin/admin.operations.js';
import { ACCOUNTS } from './admin/admin.tokens.js';
import { KeysController } from './admin/keys.controller.js';
import { TenantsController } from './admin/tenants.controller.js';
import type { Config } from './config.js';
import { offlineOptions } from './offline.js';

export interface ServerParts {
  readonly config: Config;
  readonly accounts: Accounts;
  readonly store: Store;
  readonly version: string;
  /** How long clients and work in hand are waited for at the end. Milliseconds. */
  readonly drainTimeoutMs: number;
}

/** Puts the parts together; everything that delivers is in the libraries. */
@Module({})
export class ServerModule {
  static of({ config, accounts, store: given, version, drainTimeoutMs }: ServerParts): DynamicModule {
    const store = config.metrics ? measureStore(given) : given;
    const tokens = createJwtTokens({ secretOf: (tenant) => accounts.secretOf(tenant) });
    const { broker, roles } = config;
    const isApi = roles.includes('api');
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
          offline: offlineOptions(config),
          drainTimeoutMs,
          mqtt: config.mqtt,
          socketio: config.socketio ? {} : undefined,
          allowedOrigins: config.allowedOrigins,
        }),
        PushHttpModule.register({
          apiAuthenticator: { useValue: new AccountAuthenticator(accounts) },
          tokenIssuer: { useValue: tokens },
          roles,
          metrics: config.metrics && { store },
          operations: isApi ? adminOperations : [],
          info: { version },
        }),
      ],
      controllers: isApi ? [TenantsController, KeysController] : [],
      providers: [{ provide: ACCOUNTS, useValue: accounts }],
      exports: [ACCOUNTS],
    };
  }
}
