import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { configureHttp } from 'nest-push/http';
import { createTypeOrmStore } from 'nest-push/typeorm';
import { PUSH } from 'nest-push';
import { createMemoryStore, isPushError, systemClock, type Push, type Store } from 'push-core';
import { accountsIn } from './accounts/accounts-in.js';
import { makeFirstKeys, type FreshKeys } from './accounts/first-start.js';
import type { Config } from './config.js';
import { watchDatabase } from './database-watch.js';
import type { DatabaseConfig } from './database-url.js';
import { HTTP_SETTINGS, LimitedExpressAdapter } from './http-server.js';
import { nestLog, type Logger } from './log.js';
import { ServerModule } from './server.module.js';
import { cannotJoin, cannotListen, cannotOpen, cannotUse, MQTT } from './start-failed.js';

const DRAIN_MS = 7_000;
/** The least that one attempt to connect is given. */
const CONNECT_MS = 5_000;
/** A client that is still sending its request then is cut off. */
const CUT_OFF_MS = 8_500;

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  readonly freshKeys: FreshKeys;
  /** Drains, then lets go of everything. */
  close(): Promise<void>;
}

/** Resolves when it listens. Rejects with `StartFailed` where the operator can do something about it. */
export async function startServer(config: Config, log: Logger, version: string): Promise<RunningServer> {
  const { database } = config;
  const accounts = accountsIn(database);
  let app: INestApplication;
  try {
    const store = storeIn(database);
    // Before the engine opens its own connection to the same database: a migration wants a file for itself.
    await accounts.open();
    const module = ServerModule.of({ config, accounts, store, version, drainTimeoutMs: DRAIN_MS });
    const options = { logger: nestLog(log), abortOnError: false, bodyParser: false };
    app = await NestFactory.create(module, new LimitedExpressAdapter(), options);
    configureHttp(app, HTTP_SETTINGS);
    await app.init();
  } catch (error) {
    throw cannotStart(error, config);
  }

  const stopWatching = watchDatabase(app.get<Push>(PUSH), log);
  const server = app.getHttpServer() as HttpServer;
  try {
    await app.listen(config.port, config.host);
  } catch (error) {
    throw cannotListen(error, config.host, config.port);
  }
  const { port } = server.address() as AddressInfo;
  let freshKeys: FreshKeys;
  try {
    // Only now: keys made by a start that then fails would never be seen.
    freshKeys = await makeFirstKeys(accounts, config.adminKey, systemClock.now());
  } catch (error) {
    throw cannotStart(error, config);
  }
  return {
    port,
    url: `http://${shownHost(config.host)}:${port}`,
    freshKeys,
    close: async () => {
      const cutOff = setTimeout(() => server.closeAllConnections(), CUT_OFF_MS);
      stopWatching();
      await app.close();
      clearTimeout(cutOff);
      await accounts.close();
    },
  };
}

function storeIn(database: DatabaseConfig): Store {
  switch (database.kind) {
    case 'memory':
      return createMemoryStore();
    case 'sqlite':
      return createTypeOrmStore({ url: `sqlite:${database.path}` });
    case 'postgres':
    case 'mysql': {
      const { url, connections, waitMs } = database;
      // The accounts were opened there just before.
      return createTypeOrmStore({ url }, { connections, openTimeoutMs: Math.max(waitMs, CONNECT_MS) });
    }
  }
}

function cannotStart(error: unknown, { database, broker, mqtt }: Config): unknown {
  if (isPushError(error) && error.field === 'mqtt.port' && mqtt)
    return cannotListen(error.cause, mqtt.host, mqtt.port, MQTT);
  if (isPushError(error) && error.code === 'BROKER_UNAVAILABLE' && broker) return cannotJoin(error, broker);
  switch (database.kind) {
    case 'memory':
      return error;
    case 'sqlite':
      return cannotOpen(error, database.path);
    case 'postgres':
    case 'mysql':
      return cannotUse(error, database);
  }
}

/** An address that a client on this machine can use. */
function shownHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
