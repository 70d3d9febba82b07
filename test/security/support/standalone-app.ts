import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication, Type } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { pino } from 'pino';
import { configureHttp, type Operation } from 'nest-push/http';
import { createMemoryStore, systemClock } from 'push-core';
import { accountsIn, mediumIn } from '../../../apps/standalone/src/accounts/accounts-in.js';
import { makeFirstKeys } from '../../../apps/standalone/src/accounts/first-start.js';
import { Backstage } from '../../../apps/standalone/src/backstage.js';
import { readConfig } from '../../../apps/standalone/src/config.js';
import { createSessionBridge } from '../../../apps/standalone/src/people/session-bridge.js';
import { KeyRing } from '../../../apps/standalone/src/ring/key-ring.js';
import { ServerModule } from '../../../apps/standalone/src/server.module.js';

export interface StandaloneApp {
  readonly url: string;
  readonly adminKey: string;
  /** Every route the framework really has, as `GET /v1/messages/{id}`. */
  readonly routes: readonly string[];
  /** Those of them that say what they are. */
  readonly operations: readonly Operation[];
  close(): Promise<void>;
}

interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
}

/** The standalone server's own module in this process, in memory; `controllers` are put beside it. */
export async function startStandaloneApp(controllers: readonly Type[] = []): Promise<StandaloneApp> {
  const outcome = readConfig({ PUSH_DATABASE_URL: 'memory:', PUSH_LOG_LEVEL: 'silent' });
  if (!outcome.ok) throw new Error(outcome.errors.join('\n'));
  const { config } = outcome;
  const medium = mediumIn(config.database);
  const accounts = accountsIn(config.database, medium);
  const log = pino({ level: 'silent' });
  const backstage = new Backstage({
    ...{ config, medium, accounts, log, clock: systemClock, ring: KeyRing.none, version: 'test' },
  });
  await accounts.open();
  await backstage.open();
  const server = ServerModule.of({
    ...{ config, accounts, backstage, store: createMemoryStore(), version: 'test', drainTimeoutMs: 2_000 },
    readJwks: async () => undefined,
  });
  const module = { ...server, controllers: [...(server.controllers ?? []), ...controllers] };
  const app = await NestFactory.create(module, { logger: false, bodyParser: false, abortOnError: false });
  app.use(createSessionBridge(undefined));
  configureHttp(app);
  await app.listen(0, '127.0.0.1');
  const adminKey = randomBytes(32).toString('hex');
  await makeFirstKeys(accounts, adminKey, systemClock.now());
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    adminKey,
    routes: routesOf(app),
    operations: operationsOf(app),
    async close() {
      await app.close();
      await backstage.close();
      await accounts.close();
    },
  };
}

function routesOf(app: INestApplication): string[] {
  const { stack } = (app.getHttpAdapter().getInstance() as { router: { stack: Layer[] } }).router;
  return stack.flatMap(({ route }) =>
    route
      ? Object.keys(route.methods).map(
          (method) => `${method.toUpperCase()} ${route.path.replaceAll(/:(\w+)/g, '{$1}')}`,
        )
      : [],
  );
}

function operationsOf(app: INestApplication): Operation[] {
  const found: Operation[] = [];
  for (const { controllers } of app.get(ModulesContainer).values())
    for (const { metatype } of controllers.values()) {
      const prototype = (metatype as Type | undefined)?.prototype as object | undefined;
      for (const { value } of Object.values(Object.getOwnPropertyDescriptors(prototype ?? {}))) {
        const operation: unknown =
          typeof value === 'function' && Reflect.getMetadata('nest-push:operation', value as object);
        if (operation) found.push(operation as Operation);
      }
    }
  return found;
}
