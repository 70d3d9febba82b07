import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AppendRequest } from 'push-core';
import { DataSource, type EntityManager } from 'typeorm';
import { createTypeOrmStore, typeOrmTransaction, type TypeOrmStore } from './index.js';
import { temporaryFolder } from './sqlite-harness.fixture.js';

const append = (id: string, key?: string): AppendRequest => ({
  message: { tenant: 't', id, type: 'x', to: { topics: ['room'] }, options: {}, acceptedAt: 1, expiresAt: 2 },
  targets: [{ stream: 'room' }],
  when: 'now',
  ...(key ? { idempotency: { key, fingerprint: 'f', keepUntil: 9 } } : {}),
});

describe('typeOrmTransaction', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let store: TypeOrmStore;
  let host: DataSource;
  let told: string[];

  beforeEach(async () => {
    told = [];
    folder = await temporaryFolder();
    store = createTypeOrmStore({ url: `sqlite:${folder.file}` });
    await store.open();
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const driver: unknown = require('libsql');
    host = new DataSource({ type: 'better-sqlite3', driver, database: folder.file });
    await host.initialize();
    await host.query('CREATE TABLE chat (id TEXT PRIMARY KEY)');
  });
  afterEach(async () => {
    await store.close();
    await host.destroy();
    await folder.remove();
  });

  const chat = async () =>
    (await host.query<{ id: string }[]>('SELECT id FROM chat ORDER BY rowid')).map((row) => row.id);
  const pushed = async () => {
    const [page] = await store.messages.read([{ tenant: 't', stream: 'room', after: 0, limit: 99 }]);
    return page?.entries.map((entry) => entry.message.id);
  };
  const say = async (manager: EntityManager, id: string) => {
    await manager.query('INSERT INTO chat (id) VALUES (?)', [id]);
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
        { kind: 'duplicate', id: 'first' },
        { kind: 'stored' },
      ]);
    });
    expect(await store.messages.append([append('fourth', 'l')])).toMatchObject([{ kind: 'duplicate', id: 'third' }]);
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
      await manager.query(`INSERT INTO chat (id) VALUES ('kept')`);
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
      await manager.query(`INSERT INTO chat (id) VALUES ('still alive')`);
    });
    expect(await chat()).toEqual(['still alive']);
  });

  it('tells once, however often and by however many it is used', async () => {
    for (const id of ['a', 'b', 'c']) await host.transaction((manager) => say(manager, id));
    expect(told).toEqual(['a', 'b', 'c']);
    expect(host.subscribers.length).toBe(1);
  });
});
