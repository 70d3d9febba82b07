import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { configureHttp } from 'nest-push/http';
import { createTypeOrmStore } from 'nest-push/typeorm';
import { PUSH } from 'nest-push';
import { createMemoryStore, isPushError, sealSettings, systemClock, type Push, type Store } from 'push-core';
import { accountsIn, mediumIn } from './accounts/accounts-in.js';
import { IssuerKeys } from './accounts/issuer-keys.js';
import { makeFirstKeys, type FreshKeys } from './accounts/first-start.js';
import { startAlarms } from './alarms/start-alarms.js';
import { Backstage, CONSOLE_FOLDER } from './backstage.js';
import type { Config } from './config.js';
import { createConsolePage } from './console-page.js';
import { watchDatabase } from './database-watch.js';
import type { DatabaseConfig } from './database-url.js';
import { metricsDoor } from './admin/metrics-door.js';
import { HTTP_SETTINGS, LimitedExpressAdapter } from './http-server.js';
import { demandCredentials } from './listen-publicly.js';
import { logEvents } from './log-events.js';
import { plainNames, pseudonyms } from './log-people.js';
import { nestLog, type Logger } from './log.js';
import { openSockets } from './open-sockets.js';
import { openRing } from './ring/open-ring.js';
import { sessionOperations } from './people/console.operations.js';
import { oidcOperations } from './people/oidc/oidc.operations.js';
import { createSessionBridge } from './people/session-bridge.js';
import { ServerModule } from './server.module.js';
import { cannotJoin, cannotListen, cannotOpen, cannotUse, MQTT, StartFailed } from './start-failed.js';

const DRAIN_MS = 7_000;
/** The least that one attempt to connect is given. */
const CONNECT_MS = 5_000;
/** Who is still connected then is cut off: in the middle of a request, or silent in a closing handshake. */
const CUT_OFF_MS = 8_000;
/** What a database that answers needs for the last entries; one that does not holds up no end. */
const LAST_WORDS_MS = 800;

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  readonly freshKeys: FreshKeys;
  /** Drains, then lets go of everything. */
  close(): Promise<void>;
  /** What `close` is waiting for just now. */
  waitingFor(): string;
}

/** Resolves when it listens. Rejects with `StartFailed` where the operator can do something about it. */
export async function startServer(config: Config, log: Logger, version: string): Promise<RunningServer> {
  const { database } = config;
  const medium = mediumIn(database);
  const accounts = accountsIn(database, medium);
  const issuerKeys = new IssuerKeys(config);
  let backstage: Backstage;
  let app: INestApplication;
  let store: Store;
  try {
    // Before the engine opens its own connection to the same database: a migration wants a file for itself.
    await accounts.open();
    await demandCredentials(config, accounts);
    const { ring, warning } = await openRing(config, accounts);
    if (warning) log.warn(warning);
    backstage = new Backstage({ config, medium, accounts, ring, clock: systemClock, log, version });
    await backstage.open();
    store = sealSettings(storeIn(database), ring);
    const module = ServerModule.of({
      ...{ config, accounts, store, backstage, version },
      readJwks: issuerKeys.read,
      drainTimeoutMs: DRAIN_MS,
    });
    const options = { logger: nestLog(log), abortOnError: false, bodyParser: false };
    app = await NestFactory.create(module, new LimitedExpressAdapter(), options);
    if (config.metricsToken !== undefined) app.use(metricsDoor(config.metricsToken));
    configureHttp(app, HTTP_SETTINGS);
    if (backstage.desk) openConsole(app, config);
    await app.init();
  } catch (error) {
    throw cannotStart(error, config);
  }

  const push = app.get<Push>(PUSH);
  const stopWatching = watchDatabase(push, log);
  const { users, pseudonymKey } = config.logs;
  const stopTelling = logEvents(push, log, users === 'pseudonym' ? pseudonyms(pseudonymKey) : plainNames);
  const endAlarms = startAlarms(config, push, store, log);
  backstage.startRecording(app.get<Push>(PUSH));
  const server = app.getHttpServer() as HttpServer;
  const sockets = openSockets(server);
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
    freshKeys = { ...freshKeys, password: await backstage.makeFirstPerson() };
  } catch (error) {
    throw cannotStart(error, config);
  }
  let waitingFor = 'nothing';
  return {
    port,
    waitingFor: () => `${waitingFor} (${sockets.count} connections are open)`,
    url: `http://${shownHost(config.host)}:${port}`,
    freshKeys,
    close: async () => {
      const cutOff = setTimeout(() => {
        log.warn({ connections: sockets.count }, 'cutting off who is still connected');
        sockets.cutOff();
      }, CUT_OFF_MS);
      stopWatching();
      waitingFor = 'alarms to be sent';
      await endAlarms();
      waitingFor = 'the engine, and clients to leave';
      await app.close();
      clearTimeout(cutOff);
      stopTelling();
      waitingFor = 'the audit log and the figures';
      if ((await Promise.race([backstage.close(), delay(LAST_WORDS_MS, 'late', { ref: false })])) === 'late')
        log.warn('the database does not answer: the last entries of the audit log and the last figures are lost');
      waitingFor = 'the connections to the database';
      await Promise.all([accounts.close(), issuerKeys.close()]);
    },
  };
}

/** Before the routes: what is no call of the API under /console is the page, and its calls carry the session. */
function openConsole(app: INestApplication, { signIn }: Config): void {
  const calls = new Set([...sessionOperations, ...oidcOperations].map(({ path }) => path));
  app.use(createConsolePage(CONSOLE_FOLDER, (path) => calls.has(path.toLowerCase().replace(/\/$/, ''))));
  app.use(createSessionBridge(signIn.publicOrigin));
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
  if (error instanceof StartFailed) return error;
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
