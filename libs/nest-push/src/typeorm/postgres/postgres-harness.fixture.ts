import { randomBytes } from 'node:crypto';
import type { StoreHarness } from 'push-core/testing';
import { createTypeOrmStore, type TypeOrmStore, type TypeOrmStoreOptions } from '../index.js';

type Rows = Record<string, unknown>[];
interface PgClient {
  connect(): Promise<unknown>;
  query(sql: string, parameters?: unknown[]): Promise<{ rows: Rows }>;
  end(): Promise<void>;
  on(event: 'error', listener: () => void): unknown;
}

/** Where the tests find a PostgreSQL, with a user who may make schemas and roles. */
export const POSTGRES_URL = 'postgres://postgres@127.0.0.1:5432/test';

/** A connection beside the store's. */
async function connectAdmin(): Promise<PgClient> {
  const name: string = 'pg';
  const { Client } = ((await import(name)) as { default: { Client: new (url: string) => PgClient } }).default;
  const client = new Client(POSTGRES_URL);
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (cause) {
    throw new Error(
      `These tests need PostgreSQL 13 or newer at ${POSTGRES_URL}, and it does not answer: install and start it ` +
        `(apt-get install postgresql), let local users in without a password, and make the database (createdb test)`,
      { cause },
    );
  }
  return client;
}

export async function admin(sql: string, parameters?: unknown[]): Promise<Rows> {
  const client = await connectAdmin();
  try {
    return (await client.query(sql, parameters)).rows;
  } finally {
    await client.end();
  }
}

/** A schema of its own. */
export interface Place {
  readonly schema: string;
  readonly url: string;
  /** The connections of the stores in it carry this name. */
  readonly application: string;
  /** A connection to it beside the store's. */
  connect(): Promise<PgClient>;
  remove(): Promise<void>;
}

export async function temporarySchema(): Promise<Place> {
  const schema = `push_test_${randomBytes(8).toString('hex')}`;
  await admin(`CREATE SCHEMA "${schema}"`);
  const url = new URL(POSTGRES_URL);
  url.searchParams.set('search_path', schema);
  url.searchParams.set('application_name', schema);
  return {
    schema,
    url: url.href,
    application: schema,
    connect: async () => {
      const client = await connectAdmin();
      await client.query(`SET search_path TO "${schema}"`);
      return client;
    },
    remove: async () => void (await admin(`DROP SCHEMA "${schema}" CASCADE`)),
  };
}

export function postgresHarness(options?: TypeOrmStoreOptions): StoreHarness {
  const opened: TypeOrmStore[] = [];
  let place: Place;
  const open = async () => {
    const store = createTypeOrmStore({ url: place.url }, { connections: 4, ...options });
    opened.push(store);
    await store.open();
    return store;
  };
  return {
    create: async () => {
      place = await temporarySchema();
      return open();
    },
    reopen: async (store) => {
      await store.close();
      return open();
    },
    destroy: async () => {
      for (const store of opened) await store.close();
      await place?.remove();
    },
  };
}
