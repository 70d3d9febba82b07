import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AppendRequest } from 'push-core';
import { DataSource, type EntityManager } from 'typeorm';
import { createTypeOrmStore, typeOrmTransaction, type TypeOrmStore } from './index.js';
import { HOSTS, type HostPlace } from './transaction-hosts.fixture.js';

const append = (id: string, key?: string): AppendRequest => ({
  message: { tenant: 't', id, type: 'x', to: { topics: ['room'] }, options: {}, acceptedAt: 1, expiresAt: 2 },
  targets: [{ stream: 'room' }],
  when: 'now',
  ...(key ? { idempotency: { key, fingerprint: 'f', keepUntil: 9 } } : {}),
});

describe.each(Object.entries(HOSTS))('typeOrmTransaction in %s', (_, placeOf) => {
  let place: HostPlace;
  let store: TypeOrmStore;
  let host: DataSource;
  let told: string[];

  beforeEach(async () => {
    told = [];
    place = await placeOf();
    store = createTypeOrmStore({ url: place.url });
    await store.open();
    host = new DataSource(place.options);
    await host.initialize();
    await host.query('CREATE TABLE chat (no INTEGER PRIMARY KEY, id VARCHAR(99) NOT NULL)');
  });
  afterEach(async () => {
    await store.close();
    await host.destroy();
    await place.remove();
  });

  const chat = async () => (await host.query<{ id: string }[]>('SELECT id FROM chat ORDER BY no')).map((row) => row.id);
  const pushed = async () => {
    const [page] = await store.messages.read([{ tenant: 't', stream: 'room', after: 0, limit: 99 }]);
    return page?.entries.map((entry) => entry.message.id);
  };
  const insert = (manager: EntityManager, id: string) =>
    manager.query(`INSERT INTO chat (no, id) SELECT coalesce(max(no), 0) + 1, ${place.parameter(1)} FROM chat`, [id]);
  const say = async (manager: EntityManager, id: string) => {
    await insert(manager, id);
    const transaction = typeOrmTransaction(manager);
    const outcomes = await transaction.append([append(id)]);
    transaction.onCommit(() => told.push(id));
    return outcomes;
  };
  const failed = new Error('the host changed its mind');

  it('commits the host’s row and the push together, and then tells', async () => {
    const outcomes = await host.transaction(async (manager) => {
      const stored = await say(manager, 'hello');
      expect(await pushed()).toEqual([]);
      expect(told).toEqual([]);
      return stored;
    });
    expect([await chat(), await pushed(), told]).toEqual([['hello'], ['hello'], ['hello']]);
    const [state] = await store.messages.states([{ tenant: 't', stream: 'room' }]);
    expect(outcomes).toEqual([{ kind: 'stored', places: [{ stream: 'room', epoch: state?.epoch, seq: 1 }] }]);
  });

  it('leaves neither behind after a rollback, and tells nobody', async () => {
    await expect(
      host.transaction(async (manager) => {
        await say(manager, 'hello');
        throw failed;
      }),
    ).rejects.toBe(failed);
    expect([await chat(), await pushed(), told]).toEqual([[], [], []]);
    await host.transaction((manager) => say(manager, 'again'));
    expect([await chat(), await pushed(), told]).toEqual([['again'], ['again'], ['again']]);
  });

  it('keeps a concurrent append of the engine out of the host’s transaction, and loses it not', async () => {
    let engine: Promise<unknown> | undefined;
    await expect(
      host.transaction(async (manager) => {
        await say(manager, 'host');
        engine = store.messages.append([append('engine')]);
        await new Promise((resolve) => setImmediate(resolve));
        throw failed;
      }),
    ).rejects.toBe(failed);
    expect(await engine).toMatchObject([{ kind: 'stored', places: [{ seq: 1 }] }]);
    expect([await chat(), await pushed()]).toEqual([[], ['engine']]);

    await host.transaction(async (manager) => {
      await say(manager, 'second');
      engine = store.messages.append([append('third')]);
    });
    await engine;
    expect([await chat(), await pushed()]).toEqual([['second'], ['engine', 'second', 'third']]);
  });

  it('counts a key once, inside and outside', async () => {
    await store.messages.append([append('first', 'k')]);
    await host.transaction(async (manager) => {
      const { append: add } = typeOrmTransaction(manager);
      expect(await add([append('second', 'k'), append('third', 'l')])).toMatchObject([
        { kind: 'duplicate', id: 'first', acceptedAt: 1 },
        { kind: 'stored' },
      ]);
    });
    expect(await store.messages.append([append('fourth', 'l')])).toMatchObject([{ kind: 'duplicate', id: 'third' }]);
  });

  it('stores the work that goes with a push, and takes its steps', async () => {
    const job = { tenant: 't', kind: 'fan-out', id: 'm', payload: '{}', position: 0, size: 2, dueAt: 1 };
    const step = { tenant: 't', kind: 'fan-out', id: 'm', from: 0, to: 1, owner: 'n', leaseUntil: 9 };
    await host.transaction(async (manager) => {
      const { append: add } = typeOrmTransaction(manager);
      await add([{ ...append('m'), job }]);
      const again = { kind: 'duplicate', id: 'm', acceptedAt: 1 };
      expect(await add([append('m'), append('m2')])).toMatchObject([again, { kind: 'stored', places: [{ seq: 2 }] }]);
      const page = { ...append('m'), when: 'page' as const, targets: [{ stream: '@u' }], job: step };
      expect((await add([page])).map((one) => one.kind)).toEqual(['stored']);
      expect((await add([page])).map((one) => one.kind)).toEqual(['duplicate']);
    });
    expect(await store.jobs.find(job)).toEqual({ ...job, position: 1 });
    expect(await store.messages.states([{ tenant: 't', stream: '@u' }])).toMatchObject([{ head: 1 }]);
  });

  it('numbers appends of one transaction that were not awaited one by one', async () => {
    await host.transaction(async (manager) => {
      const ids = ['a', 'b', 'c', 'd'];
      await Promise.all(ids.map((id) => typeOrmTransaction(manager).append([append(id), append(`${id}2`)])));
    });
    expect(await pushed()).toEqual(['a', 'a2', 'b', 'b2', 'c', 'c2', 'd', 'd2']);
  });

  it('follows a nested transaction: rolled back alone it is forgotten, committed it waits for the outer one', async () => {
    await host.transaction(async (outer) => {
      await say(outer, 'outer');
      await outer.transaction((inner) => say(inner, 'kept'));
      expect(told).toEqual([]);
      await outer
        .transaction(async (inner) => {
          await say(inner, 'dropped');
          throw failed;
        })
        .catch(() => {});
    });
    expect([await chat(), await pushed(), told]).toEqual([
      ['outer', 'kept'],
      ['outer', 'kept'],
      ['outer', 'kept'],
    ]);
  });

  it('writes nothing of a batch that fails, when the host goes on', async () => {
    await host.transaction(async (manager) => {
      await insert(manager, 'kept');
      const bad = { ...append('bad'), targets: [{ stream: null as never }] };
      const transaction = typeOrmTransaction(manager);
      await expect(transaction.append([append('good'), bad])).rejects.toMatchObject({ code: 'INTERNAL' });
      await transaction.append([append('after')]);
    });
    expect([await chat(), await pushed()]).toEqual([['kept'], ['after']]);
  });

  it('is needed inside a transaction, and only there', async () => {
    const inTransaction = (field: string) => expect.objectContaining({ code: 'INVALID', field });
    const outside = () => typeOrmTransaction(host.manager);
    expect(outside).toThrow(expect.objectContaining({ code: 'INVALID' }));
    const kept = await host.transaction(async (manager) => typeOrmTransaction(manager));
    await expect(kept.append([append('late')])).rejects.toEqual(inTransaction('transaction'));
    expect(await pushed()).toEqual([]);
  });

  it('says so when the push tables are not in that database', async () => {
    await host.transaction(async (manager) => {
      const transaction = typeOrmTransaction(manager, { tablePrefix: 'other_' });
      await expect(transaction.append([append('m')])).rejects.toMatchObject({ code: 'INVALID', field: 'transaction' });
      await insert(manager, 'still alive');
    });
    expect(await chat()).toEqual(['still alive']);
  });

  it('tells once, however often and by however many it is used', async () => {
    for (const id of ['a', 'b', 'c']) await host.transaction((manager) => say(manager, id));
    expect(told).toEqual(['a', 'b', 'c']);
    expect(host.subscribers.length).toBe(1);
  });
});

const SERVERS = Object.entries(HOSTS).filter(([name]) => name !== 'SQLite');

describe.each(SERVERS)('two transactions of a host in %s', (_, placeOf) => {
  let place: HostPlace;
  let store: TypeOrmStore;
  let host: DataSource;
  beforeEach(async () => {
    place = await placeOf();
    store = createTypeOrmStore({ url: place.url });
    await store.open();
    host = new DataSource(place.options);
    await host.initialize();
  });
  afterEach(async () => {
    await store.close();
    await host.destroy();
    await place.remove();
  });

  /** The first commits when the second has had time to find that it must wait for it. */
  const race = (first: AppendRequest, second: AppendRequest) => {
    let appended = () => {};
    const gate = new Promise<void>((resolve) => (appended = resolve));
    const winner = host.transaction(async (manager) => {
      await typeOrmTransaction(manager).append([first]);
      appended();
      for (let i = 0; i < 50; i++) await manager.query('SELECT 1');
    });
    const loser = host.transaction(async (manager) => {
      await gate;
      return typeOrmTransaction(manager).append([second]);
    });
    return Promise.allSettled([winner, loser]);
  };

  it('count a key once, when they use it at the same time', async () => {
    const [winner, loser] = await race(append('first', 'k'), append('second', 'k'));
    expect(winner.status).toBe('fulfilled');
    expect(loser).toEqual({ status: 'fulfilled', value: [{ kind: 'duplicate', id: 'first', acceptedAt: 1 }] });
    expect(await store.messages.states([{ tenant: 't', stream: 'room' }])).toMatchObject([{ head: 1 }]);
  });

  it('number the entries of a stream one after the other', async () => {
    const outcomes = await race(append('first'), append('second'));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    const [page] = await store.messages.read([{ tenant: 't', stream: 'room', after: 0, limit: 9 }]);
    expect(page?.entries.map((entry) => [entry.seq, entry.message.id])).toEqual([
      [1, 'first'],
      [2, 'second'],
    ]);
  });
});
