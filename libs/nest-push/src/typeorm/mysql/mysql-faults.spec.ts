import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import type { AppendRequest } from 'push-core';
import { createTypeOrmStore, type TypeOrmStore, type TypeOrmStoreOptions } from '../index.js';
import { tableNames } from '../table-names.js';
import { migrationLock } from './migrate.js';
import {
  administrator,
  eventually,
  SERVER,
  temporaryDatabase,
  urlOf,
  type Administrator,
} from './mysql-harness.fixture.js';
import { Network } from './network.fixture.js';

const tenant = 't';
const append = (id: string, stream = 'room', key?: string): AppendRequest => ({
  message: { tenant, id, type: 'x', data: '1', to: { all: true }, options: {}, acceptedAt: 1, expiresAt: 2 },
  targets: [{ stream }],
  when: 'now',
  ...(key ? { idempotency: { key, fingerprint: 'f', keepUntil: 9 } } : {}),
});
const room = { tenant, stream: 'room' };
const unavailable = { code: 'STORE_UNAVAILABLE', retryable: true };

describe('MariaDB store', () => {
  let database: Awaited<ReturnType<typeof temporaryDatabase>>;
  let server: Administrator;
  let network: Network;
  let store: TypeOrmStore;
  const opened: TypeOrmStore[] = [];

  const open = async (
    options: TypeOrmStoreOptions = {},
    url = urlOf(database.name, { ...SERVER, port: network.port }),
  ): Promise<TypeOrmStore> => {
    const one = createTypeOrmStore({ url }, { connections: 4, ...options });
    opened.push(one);
    await one.open();
    return one;
  };
  /** Statements of the store's that are running. */
  const running = async (like: string) =>
    (
      await server.run(
        'SELECT id FROM information_schema.processlist WHERE db = ? AND info LIKE ?',
        database.name,
        like,
      )
    ).length;
  /** Ends every connection of the store's; how many there were. */
  const killAll = async (): Promise<number> => {
    const own = await server.run('SELECT CONNECTION_ID() AS id');
    const sessions = await server.run('SELECT id FROM information_schema.processlist WHERE db = ?', database.name);
    let killed = 0;
    for (const { id } of sessions) {
      if (id === own[0]?.id) continue;
      await server.run(`KILL CONNECTION ${id as number}`).then(
        () => killed++,
        () => undefined,
      );
    }
    return killed;
  };
  const holding = async (sql: string) => {
    const holder = await administrator(database.name);
    await holder.run('BEGIN');
    await holder.run(sql);
    return async (end: 'COMMIT' | 'ROLLBACK') => {
      await holder.run(end);
      await holder.end();
    };
  };

  beforeEach(async () => {
    database = await temporaryDatabase();
    server = await administrator(database.name);
    network = new Network(SERVER.port);
    await network.open();
  });
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
    await network.close();
    await server.end();
    await database.drop();
  });

  it('goes on when all its connections are killed under load, and loses nothing it has answered', async () => {
    store = await open();
    const accepted = new Set<string>();
    let going = true;
    const writers = [0, 1, 2, 3, 4, 5].map(async (writer) => {
      for (let i = 0; going; i++) {
        const key = `${writer}-${i}`;
        for (let attempt = 0; ; attempt++) {
          try {
            const [outcome] = await store.messages.append([append(`${key}-${attempt}`, 'room', key)]);
            accepted.add(outcome?.kind === 'duplicate' ? outcome.id : `${key}-${attempt}`);
            break;
          } catch (error) {
            expect(error).toMatchObject(unavailable);
          }
        }
      }
    });
    for (let killed = 0; killed < 12;) {
      const before = accepted.size;
      killed += await killAll();
      await eventually(() => accepted.size >= before + 20, 60_000);
    }
    going = false;
    await Promise.all(writers);
    const [page] = await store.messages.read([{ ...room, after: 0, limit: 100_000 }]);
    const ids = page?.entries.map(({ message }) => message.id) ?? [];
    expect(ids.filter((id) => accepted.has(id)).length).toBe(accepted.size);
    expect(new Set(ids.map((id) => id.replace(/-\d+$/, ''))).size).toBe(ids.length);
    expect(page?.entries.map(({ seq }) => seq)).toEqual(ids.map((_, i) => i + 1));
  });

  it('does not show its callers that idle connections were killed', async () => {
    store = await open();
    await Promise.all([1, 2, 3, 4].map((i) => store.messages.append([append(`m${i}`, `s${i}`)])));
    expect(await killAll()).toBeGreaterThan(0);
    const [outcome] = await store.messages.append([append('after')]);
    expect(outcome?.kind).toBe('stored');
    expect((await store.messages.states([room]))[0]?.head).toBe(1);
  });

  it('answers at once while the database is away, and finds it again by itself', async () => {
    store = await open({ deadlineMs: 20_000 });
    await store.messages.append([append('before')]);
    await network.close();
    const began = performance.now();
    for (const id of ['a', 'b']) await expect(store.messages.append([append(id)])).rejects.toMatchObject(unavailable);
    await expect(store.messages.states([room])).rejects.toMatchObject(unavailable);
    expect(performance.now() - began).toBeLessThan(15_000);
    await network.open();
    const [outcome] = await store.messages.append([append('after')]);
    expect(outcome).toMatchObject({ kind: 'stored', places: [{ seq: 2 }] });
  });

  it('gives up on connections that have fallen silent, all of them with the first', async () => {
    store = await open({ deadlineMs: 1500 });
    await Promise.all([1, 2, 3, 4].map((i) => store.messages.append([append(`m${i}`, `s${i}`)])));
    network.swallow();
    await expect(store.messages.append([append('into the void')])).rejects.toMatchObject(unavailable);
    expect((await store.messages.append([append('after')]))[0]?.kind).toBe('stored');
    expect((await store.messages.states([room]))[0]?.head).toBe(1);
    network.swallow();
    await expect(store.messages.read([{ ...room, after: 0, limit: 1 }])).rejects.toMatchObject(unavailable);
    await expect(store.time(0)).resolves.toBeGreaterThan(0);
  });

  it('closes although its connections have fallen silent', async () => {
    store = await open();
    await store.messages.append([append('before')]);
    network.swallow();
    await store.close();
    await expect(store.messages.append([append('after')])).rejects.toMatchObject(unavailable);
  });

  it('gives up on a server that takes connections and says nothing', async () => {
    const mute = createServer();
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const { port } = mute.address() as AddressInfo;
    const opening = open({ openTimeoutMs: 1500 }, urlOf(database.name, { ...SERVER, port }));
    await expect(opening).rejects.toMatchObject(unavailable);
    await new Promise((resolve) => mute.close(resolve));
  });

  it('waits for a lock held elsewhere as long as it is told, and keeps nobody else waiting', async () => {
    store = await open({ lockTimeoutMs: 1000, deadlineMs: 20_000 });
    await store.messages.append([append('first'), append('other', 'other')]);
    const release = await holding(`SELECT * FROM push_stream WHERE tenant = 't' AND stream = 'room' FOR UPDATE`);
    const waiting = store.messages.append([append('second')]);
    waiting.catch(() => undefined);
    await eventually(async () => (await running('%push_stream%')) > 0);
    expect((await store.messages.append([append('third', 'other')]))[0]?.kind).toBe('stored');
    await expect(waiting).rejects.toMatchObject(unavailable);
    await release('COMMIT');
    const [outcome] = await store.messages.append([append('second')]);
    expect(outcome).toMatchObject({ kind: 'stored', places: [{ seq: 2 }] });
  });

  it('goes on when a lock held elsewhere is let go in time', async () => {
    store = await open({ lockTimeoutMs: 20_000, deadlineMs: 30_000 });
    await store.messages.append([append('first')]);
    const release = await holding(`SELECT * FROM push_stream WHERE tenant = 't' AND stream = 'room' FOR UPDATE`);
    const waiting = store.messages.append([append('second')]);
    await eventually(async () => (await running('%push_stream%')) > 0);
    await release('ROLLBACK');
    expect((await waiting)[0]).toMatchObject({ kind: 'stored', places: [{ seq: 2 }] });
  });

  it('does not wait for a free connection for ever', async () => {
    store = await open({ connections: 1, lockTimeoutMs: 5000, deadlineMs: 1000 });
    await store.messages.append([append('first')]);
    const release = await holding(`SELECT * FROM push_stream WHERE tenant = 't' AND stream = 'room' FOR UPDATE`);
    const results = await Promise.allSettled([
      store.messages.append([append('second')]),
      store.messages.states([room]),
    ]);
    for (const one of results) expect((one as PromiseRejectedResult).reason).toMatchObject(unavailable);
    await release('ROLLBACK');
    expect((await store.messages.states([room]))[0]?.head).toBe(1);
  });

  it('says that it does not know when the answer to a commit is lost, and the same message counts once', async () => {
    store = await open({ connections: 1, deadlineMs: 60_000 });
    await store.messages.append([append('first')]);
    // The entry goes with the commit: whoever has its number holds both back.
    const release = await holding(`INSERT INTO push_entry (tenant, stream, seq, message_id, joined_at)
      VALUES ('t', 'room', 2, 'x', 0)`);
    const told = store.messages.append([append('second')]);
    told.catch(() => undefined);
    await eventually(async () => (await running('INSERT INTO `push_entry`%')) > 0);
    network.swallow(['down']);
    await release('ROLLBACK');
    await eventually(async () => (await server.run(`SELECT 1 FROM push_message WHERE id = 'second'`)).length > 0);
    await network.close();
    await network.open();
    await expect(told).rejects.toMatchObject(unavailable);
    expect((await store.messages.append([append('second')]))[0]?.kind).toBe('duplicate');
    expect((await store.messages.states([room]))[0]?.head).toBe(2);
  });

  it('says at once that the password is wrong, and does not show it', async () => {
    const user = `push_${database.name.slice(-12)}`;
    await server.run(`CREATE USER ${user}@'127.0.0.1' IDENTIFIED BY 'right one'`);
    try {
      const url = urlOf(database.name, { port: network.port, user, password: 'Wr0ng%20secret' });
      const began = performance.now();
      const error: unknown = await open({ openTimeoutMs: 60_000 }, url).catch((thrown: unknown) => thrown);
      expect(performance.now() - began).toBeLessThan(30_000);
      expect(error).toMatchObject({ code: 'INVALID', field: 'url' });
      expect((error as Error).message).toContain(user);
      expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/Wr0ng/);
    } finally {
      await server.run(`DROP USER ${user}@'127.0.0.1'`);
    }
  });

  it('waits for a database that is made later, and names one that never comes', async () => {
    const later = `${database.name}_later`;
    const url = urlOf(later, { ...SERVER, port: network.port });
    await expect(open({ openTimeoutMs: 300 }, url)).rejects.toMatchObject({
      ...unavailable,
      message: expect.stringContaining(later) as unknown,
    });
    const opening = open({ openTimeoutMs: 60_000 }, url);
    await eventually(() => network.connections > 0);
    await server.run(`CREATE DATABASE ${later}`);
    try {
      await opening;
      expect((await opened.at(-1)?.messages.append([append('first')]))?.[0]?.kind).toBe('stored');
    } finally {
      await server.run(`DROP DATABASE ${later}`);
    }
  });

  it('waits for a server that comes up later, but not for ever', async () => {
    await network.close();
    await expect(open({ openTimeoutMs: 300 })).rejects.toMatchObject(unavailable);
    const opening = open({ openTimeoutMs: 60_000 });
    await network.open();
    await opening;
    expect((await opened.at(-1)?.messages.states([room]))?.[0]?.head).toBe(0);
  });

  it('gives up waiting for a node that is changing the schema', async () => {
    const holder = await administrator();
    await holder.run('SELECT GET_LOCK(?, 0)', migrationLock(database.name, tableNames()));
    await expect(open({ openTimeoutMs: 1000 })).rejects.toMatchObject(unavailable);
    await holder.end();
    await open();
  });

  it('rolls a batch back whole when one of its rows is refused', async () => {
    store = await open();
    const nothing = { ...append('nothing'), message: { ...append('nothing').message, type: null as never } };
    const nowhere = { ...append('nowhere'), targets: [{ stream: null as never }] };
    for (const bad of [nothing, nowhere]) {
      await expect(store.messages.append([append('good'), bad])).rejects.toMatchObject({ code: 'INTERNAL' });
    }
    expect(await store.messages.find(tenant, 'good')).toBeUndefined();
    expect((await store.messages.states([room]))[0]?.head).toBe(0);
    const [outcome] = await store.messages.append([append('good')]);
    expect(outcome).toMatchObject({ kind: 'stored', places: [{ seq: 1 }] });
  });

  it('refuses what the server would not take, and keeps the connection', async () => {
    store = await open({ connections: 1, deadlineMs: 20_000 });
    const [row] = await server.run('SELECT @@max_allowed_packet AS bytes');
    const huge = { ...append('huge'), message: { ...append('huge').message, data: 'x'.repeat(row?.bytes as number) } };
    const before = await server.run('SELECT id FROM information_schema.processlist WHERE db = ?', database.name);
    const error: unknown = await store.messages.append([append('small'), huge]).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'TOO_LARGE', retryable: false });
    expect((error as Error).message).toContain('max_allowed_packet');
    expect((await store.messages.append([append('small')]))[0]?.kind).toBe('stored');
    expect(await server.run('SELECT id FROM information_schema.processlist WHERE db = ?', database.name)).toEqual(
      before,
    );
  });
});
