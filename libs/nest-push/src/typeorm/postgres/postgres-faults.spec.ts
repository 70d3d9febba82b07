import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AppendOutcome, AppendRequest } from 'push-core';
import { createTypeOrmStore, type TypeOrmStore, type TypeOrmStoreOptions } from '../index.js';
import type { Row, SqlConnection } from '../sql-connection.js';
import { ask, step, type Step, type Steps } from '../steps.js';
import { tableNames } from '../table-names.js';
import { postgresDatabase } from './database.js';
import { admin, temporarySchema, type Place } from './postgres-harness.fixture.js';
import { Proxy } from './proxy.fixture.js';
import { lastly } from './row-set.js';

const tenant = 't';
const append = (id: string, stream = 'room', key?: string): AppendRequest => ({
  message: { tenant, id, type: 'x', data: '1', to: { all: true }, options: {}, acceptedAt: 1, expiresAt: 2 },
  targets: [{ stream }],
  when: 'now',
  ...(key ? { idempotency: { key, fingerprint: 'f', keepUntil: 9 } } : {}),
});
const room = [{ tenant, stream: 'room' }];
const unavailable = { code: 'STORE_UNAVAILABLE', retryable: true };

describe('PostgreSQL store', () => {
  let place: Place;
  let proxy: Proxy;
  let store: TypeOrmStore;
  const opened: TypeOrmStore[] = [];

  const open = async (options: TypeOrmStoreOptions = {}, url = proxy.url): Promise<TypeOrmStore> => {
    const one = createTypeOrmStore({ url }, { connections: 4, ...options });
    opened.push(one);
    await one.open();
    return one;
  };
  const kill = () =>
    admin(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1`, [place.application]);

  beforeEach(async () => {
    place = await temporarySchema();
    proxy = new Proxy(new URL(place.url));
    await proxy.listen();
  });
  afterEach(async () => {
    proxy.hear();
    for (const one of opened.splice(0)) await one.close();
    await proxy.close();
    await place.remove();
  });

  it('goes on when all its connections are ended under load, and loses nothing it has answered', async () => {
    store = await open();
    const accepted = new Set<string>();
    let going = true;
    const writers = [0, 1, 2, 3, 4, 5].map(async (writer) => {
      for (let i = 0; going; i++) {
        const id = `${writer}-${i}`;
        for (let first = true; going || first; first = false) {
          try {
            const [outcome] = await store.messages.append([append(first ? id : `${id}-again`, 'room', id)]);
            accepted.add((outcome as Extract<AppendOutcome, { kind: 'duplicate' }>).id ?? (first ? id : `${id}-again`));
            break;
          } catch (error) {
            expect(error).toMatchObject(unavailable);
          }
        }
      }
    });
    const deadline = performance.now() + 20_000;
    let ended = 0;
    while (ended < 12 && performance.now() < deadline) {
      const before = accepted.size;
      ended += (await kill()).length;
      while (accepted.size < before + 20 && performance.now() < deadline) {
        await store.messages.states(room).catch(() => {});
      }
    }
    going = false;
    await Promise.all(writers);
    expect(ended).toBeGreaterThanOrEqual(12);
    const [page] = await store.messages.read([{ tenant, stream: 'room', after: 0, limit: 100_000 }]);
    const ids = page?.entries.map(({ message }) => message.id) ?? [];
    expect(ids.filter((id) => accepted.has(id)).length).toBe(accepted.size);
    expect(new Set(ids.map((id) => id.replace('-again', ''))).size).toBe(ids.length);
    expect(page?.entries.map(({ seq }) => seq)).toEqual(ids.map((_, i) => i + 1));
  });

  it('answers while the database is away, and finds it again by itself', async () => {
    store = await open({ deadlineMs: 3000 });
    await store.messages.append([append('before')]);
    await proxy.close();
    for (const id of ['a', 'b']) await expect(store.messages.append([append(id)])).rejects.toMatchObject(unavailable);
    await expect(store.messages.states(room)).rejects.toMatchObject(unavailable);
    await proxy.listen();
    expect((await store.messages.append([append('after')]))[0]).toMatchObject({ kind: 'stored', places: [{ seq: 2 }] });
  });

  it('gives up on a server that has stopped answering, reads and writes alike, and on closing too', async () => {
    store = await open({ deadlineMs: 700 });
    await store.messages.append([append('before')]);
    proxy.silence();
    const began = performance.now();
    const calls = [1, 2, 3, 4, 5, 6].map((i) =>
      i % 2 ? store.messages.append([append(`m${i}`)]) : store.messages.read([{ ...room[0]!, after: 0, limit: 1 }]),
    );
    const results = await Promise.allSettled(calls);
    expect(performance.now() - began).toBeLessThan(7000);
    for (const one of results) expect((one as PromiseRejectedResult).reason).toMatchObject(unavailable);
    proxy.hear();
    expect((await store.messages.append([append('after')]))[0]?.kind).toBe('stored');
    proxy.silence();
    await store.close();
    await proxy.abandoned();
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it('waits for a lock held elsewhere as long as it is told, and keeps nobody else waiting', async () => {
    store = await open({ lockTimeoutMs: 300, deadlineMs: 10_000 });
    await store.messages.append([append('first'), append('other', 'other')]);
    const holder = await place.connect();
    await holder.query('BEGIN');
    await holder.query(`SELECT * FROM push_stream WHERE stream = 'room' FOR UPDATE`);
    const waiting = store.messages.append([append('second')]);
    expect((await store.messages.append([append('third', 'other')]))[0]?.kind).toBe('stored');
    await expect(waiting).rejects.toMatchObject(unavailable);
    await holder.query('COMMIT');
    await holder.end();
    expect((await store.messages.append([append('second')]))[0]).toMatchObject({
      kind: 'stored',
      places: [{ seq: 2 }],
    });
  });

  it('does not wait for a free connection for ever', async () => {
    store = await open({ connections: 1, lockTimeoutMs: 5000, deadlineMs: 800 });
    await store.messages.append([append('first')]);
    const holder = await place.connect();
    await holder.query('BEGIN');
    await holder.query(`SELECT * FROM push_stream WHERE stream = 'room' FOR UPDATE`);
    const results = await Promise.allSettled([store.messages.append([append('second')]), store.messages.states(room)]);
    for (const one of results) expect((one as PromiseRejectedResult).reason).toMatchObject(unavailable);
    await holder.query('COMMIT');
    await holder.end();
    // Whether what was given up is stored nobody knows: its COMMIT was on the way with it. Told again it counts once.
    await store.messages.append([append('second')]);
    expect((await store.messages.states(room))[0]?.head).toBe(2);
  });

  it('says that it does not know when the answer to a commit is lost, and the same message counts once', async () => {
    store = await open({ connections: 1, deadlineMs: 1000 });
    proxy.lose('COMMIT\0');
    await expect(store.messages.append([append('m')])).rejects.toMatchObject(unavailable);
    proxy.hear();
    expect((await store.messages.append([append('m')]))[0]?.kind).toBe('duplicate');
    expect((await store.messages.states(room))[0]?.head).toBe(1);
  });

  it('waits for a database that is not there yet, but not for ever', async () => {
    await proxy.close();
    const opening = open({ openTimeoutMs: 20_000 });
    await expect(open({ openTimeoutMs: 300 })).rejects.toMatchObject(unavailable);
    await proxy.listen();
    await opening;
    expect((await opened[0]?.messages.states(room))?.[0]?.head).toBe(0);
  });

  it('gives up waiting for a node that holds the migrations', async () => {
    const holder = await place.connect();
    await holder.query(
      `SELECT pg_advisory_lock(hashtextextended('push migrations ' || current_schema() || ' push_', 0))`,
    );
    await expect(open({ openTimeoutMs: 400 })).rejects.toMatchObject(unavailable);
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
    expect((await store.messages.states(room))[0]?.head).toBe(0);
    expect((await store.messages.append([append('good')]))[0]).toMatchObject({ kind: 'stored', places: [{ seq: 1 }] });
  });

  describe('on its connection', () => {
    let connection: SqlConnection;
    const database = (url: string) =>
      postgresDatabase(
        { url },
        {
          names: tableNames(),
          tablePrefix: 'push_',
          lockTimeoutMs: 1000,
          deadlineMs: 5000,
          connections: 1,
          openTimeoutMs: 5000,
        },
      );
    const setting = (name: string) => () => ask(`SELECT current_setting('${name}') AS value`);

    it('writes durably where the server’s default is not, in every transaction', async () => {
      const url = new URL(place.url);
      url.searchParams.set('options', '-c synchronous_commit=off');
      const forgetful = database(url.href);
      connection = await forgetful.open();
      expect(await connection.write(setting('synchronous_commit'))).toEqual([{ value: 'on' }]);
      await connection.query(() => ask(`SET synchronous_commit TO off`));
      expect(await connection.query(setting('synchronous_commit'))).toEqual([{ value: 'off' }]);
      expect(await connection.write(setting('synchronous_commit'))).toEqual([{ value: 'on' }]);
      await connection.end();
      await forgetful.close();
    });

    it('keeps a stricter durability than its own', async () => {
      const url = new URL(place.url);
      url.searchParams.set('options', '-c synchronous_commit=remote_apply');
      const strict = database(url.href);
      connection = await strict.open();
      expect(await connection.write(setting('synchronous_commit'))).toEqual([{ value: 'remote_apply' }]);
      await connection.end();
      await strict.close();
    });

    it('is not kept from working by a statement that failed when it was met first', async () => {
      const one = database(place.url);
      connection = await one.open();
      const divide = (by: number) => connection.write(() => ask(`SELECT 10 / $1::int4 AS result`, by));
      await expect(divide(0)).rejects.toMatchObject({ code: 'INTERNAL' });
      expect(await divide(5)).toEqual([{ result: 2 }]);
      await expect(divide(0)).rejects.toMatchObject({ code: 'INTERNAL' });
      expect(await divide(2)).toEqual([{ result: 5 }]);
      await connection.end();
      await one.close();
    });

    it('commits along with a statement that is said to be the last, and refuses one after it', async () => {
      const one = database(place.url);
      connection = await one.open();
      const put = (name: string) => step(`INSERT INTO push_meta VALUES ($1, 'x') RETURNING name`, name);
      const names = () => connection.query(() => ask(`SELECT name FROM push_meta ORDER BY name`));
      function* told(first: string, last: Step, more?: Step): Steps<Row[]> {
        yield put(first);
        const answer: Row[] = yield last;
        return more ? yield more : answer;
      }
      await expect(connection.write(() => told('a', lastly(step('SELECT 1 / 0'))))).rejects.toMatchObject({
        code: 'INTERNAL',
      });
      expect(await names()).toEqual([]);
      expect(await connection.write(() => told('a', lastly(put('b'))))).toEqual([{ name: 'b' }]);
      expect(await names()).toEqual([{ name: 'a' }, { name: 'b' }]);
      await expect(connection.write(() => told('c', lastly(put('d')), put('e')))).rejects.toMatchObject({
        message: 'A unit of work went on after its last statement',
      });
      await connection.end();
      await one.close();
    });

    it('goes on when somebody changes a table under its prepared statements', async () => {
      const one = database(place.url);
      connection = await one.open();
      const all = () => connection.query(() => ask(`SELECT * FROM push_meta ORDER BY name`));
      await all();
      await admin(`ALTER TABLE "${place.schema}".push_meta ADD COLUMN more int4`);
      expect(await all()).toEqual([]);
      await connection.end();
      await one.close();
    });
  });
});
