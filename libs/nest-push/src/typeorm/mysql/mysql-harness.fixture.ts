import { randomBytes } from 'node:crypto';
import type { StoreHarness } from 'push-core/testing';
import { createTypeOrmStore, type TypeOrmStore, type TypeOrmStoreOptions } from '../index.js';
import { loadPeers } from './driver.js';
import { mysqlLocation } from './location.js';
import { Session } from './session.js';
import { step } from '../steps.js';
import type { Row } from '../sql-connection.js';

/** The server the tests use: one that may be given databases and users. */
export const SERVER = { host: '127.0.0.1', port: 3306, user: 'root' } as const;

export const urlOf = (database: string, server: { port: number; user: string; password?: string } = SERVER): string =>
  `mysql://${server.user}${server.password ? `:${server.password}` : ''}@${SERVER.host}:${server.port}/${database}`;

/** Someone beside the store, who may do everything. */
export interface Administrator {
  run(sql: string, ...parameters: unknown[]): Promise<Row[]>;
  end(): Promise<void>;
}

export async function administrator(database = 'mysql'): Promise<Administrator> {
  const { driver } = await loadPeers();
  try {
    const session = await Session.open(driver, mysqlLocation({ url: urlOf(database) }), 10_000);
    return { run: (sql, ...parameters) => session.run(step(sql, ...parameters)), end: () => session.end() };
  } catch (cause) {
    throw new Error(
      `These tests need a MariaDB (10.6 or newer) or MySQL (8.0 or newer) server on ${SERVER.host}:${SERVER.port}, where ` +
        `user ${SERVER.user} needs no password (Debian: apt-get install mariadb-server).`,
      { cause },
    );
  }
}

/** A database of its own, empty. */
export async function temporaryDatabase(): Promise<{ name: string; url: string; drop: () => Promise<void> }> {
  const name = `push_test_${randomBytes(6).toString('hex')}`;
  const server = await administrator();
  await server.run(`CREATE DATABASE ${name}`);
  const drop = async () => {
    await server.run(`DROP DATABASE IF EXISTS ${name}`);
    await server.end();
  };
  return { name, url: urlOf(name), drop };
}

export function mysqlHarness(options?: TypeOrmStoreOptions): StoreHarness {
  const opened: TypeOrmStore[] = [];
  let database: Awaited<ReturnType<typeof temporaryDatabase>> | undefined;
  const open = async (url: string) => {
    const store = createTypeOrmStore({ url }, options);
    opened.push(store);
    await store.open();
    return store;
  };
  return {
    create: async () => {
      database = await temporaryDatabase();
      return open(database.url);
    },
    reopen: async (store) => {
      await store.close();
      return open(database?.url ?? '');
    },
    destroy: async () => {
      for (const store of opened) await store.close();
      await database?.drop();
    },
  };
}

/** Asks until the answer is true: for what can be observed but does not announce itself. */
export async function eventually(holds: () => Promise<boolean> | boolean, patienceMs = 20_000): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`still not so after ${patienceMs} ms: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
