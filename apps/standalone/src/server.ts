import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { configureHttp } from 'nest-push/http';
import { createTypeOrmStore } from 'nest-push/typeorm';
import { createMemoryStore, isPushError, systemClock } from 'push-core';
import type { Accounts } from './accounts/accounts.js';
import { makeFirstKeys, type FreshKeys } from './accounts/first-start.js';
import { MemoryAccounts } from './accounts/memory-accounts.js';
import { SqlAccounts } from './accounts/sql-accounts.js';
import type { Config } from './config.js';
import { HTTP_SETTINGS, LimitedExpressAdapter } from './http-server.js';
import { nestLog, type Logger } from './log.js';
import { ServerModule } from './server.module.js';
import { cannotListen, cannotOpen, MQTT } from './start-failed.js';

const DRAIN_MS = 7_000;
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
  const path = database.kind === 'sqlite' ? database.path : 'memory:';
  const accounts: Accounts = database.kind === 'sqlite' ? new SqlAccounts(database.path) : new MemoryAccounts();
  let app: INestApplication;
  try {
    // Before the engine opens its own connection to the same file: a migration wants the file for itself.
    await accounts.open();
    const store =
      database.kind === 'sqlite' ? createTypeOrmStore({ url: `sqlite:${database.path}` }) : createMemoryStore();
    const module = ServerModule.of({ config, accounts, store, version, drainTimeoutMs: DRAIN_MS });
    const options = { logger: nestLog(log), abortOnError: false, bodyParser: false };
    app = await NestFactory.create(module, new LimitedExpressAdapter(), options);
    configureHttp(app, HTTP_SETTINGS);
    await app.init();
  } catch (error) {
    if (isPushError(error) && error.field === 'mqtt.port' && config.mqtt) {
      throw cannotListen(error.cause, config.mqtt.host, config.mqtt.port, MQTT);
    }
    throw database.kind === 'sqlite' ? cannotOpen(error, path) : error;
  }

  const server = app.getHttpServer() as HttpServer;
  try {
    await app.listen(config.port, config.host);
  } catch (error) {
    throw cannotListen(error, config.host, config.port);
  }
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://${shownHost(config.host)}:${port}`,
    // Only now: keys made by a start that then fails would never be seen.
    freshKeys: await makeFirstKeys(accounts, config.adminKey, systemClock.now()),
    close: async () => {
      const cutOff = setTimeout(() => server.closeAllConnections(), CUT_OFF_MS);
      await app.close();
      clearTimeout(cutOff);
      await accounts.close();
    },
  };
}

/** An address that a client on this machine can use. */
function shownHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
