import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { AppendRequest } from 'push-core';
import { DataSource } from 'typeorm';
import { createTypeOrmStore, pushEntities, type TypeOrmStore } from '../index.js';
import { temporaryFolder } from './sqlite-harness.fixture.js';

const append = (id: string, data = '1', streams = ['room']): AppendRequest => ({
  message: { tenant: 't', id, type: 'x', data, to: { topics: ['room'] }, options: {}, acceptedAt: 1, expiresAt: 2 },
  targets: streams.map((stream) => ({ stream })),
  when: 'now',
});
const room = [{ tenant: 't', stream: 'room' }];

describe('SQLite store', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let store: TypeOrmStore;
  let other: DataSource;

  beforeEach(async () => {
    folder = await temporaryFolder();
    store = createTypeOrmStore({ url: `sqlite:${folder.file}` }, { lockTimeoutMs: 100 });
    await store.open();
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const driver: unknown = require('libsql');
    other = new DataSource({
      type: 'better-sqlite3',
      driver,
      database: folder.file,
      timeout: 0,
      entities: pushEntities(),
    });
    await other.initialize();
  });
  afterEach(async () => {
    await store.close();
    await other.destroy();
    await folder.remove();
  });

  /** The store's own connection, to put it under stress. */
  const inside = (sql: string): Promise<unknown> => {
    const { database } = store as unknown as { database: { dataSource: DataSource } };
    return database.dataSource.query(sql);
  };

  it('answers only when written through to the disk', async () => {
    expect(await inside('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    expect(await inside('PRAGMA synchronous')).toEqual([{ synchronous: 2 }]);
    expect(await inside('PRAGMA busy_timeout')).toEqual([{ timeout: 0 }]);
  });

  it('reports a full disk as such, writes nothing of the batch, and goes on when there is space', async () => {
    await store.messages.append([append('before')]);
    const [{ page_count: pages }] = (await inside('PRAGMA page_count')) as [{ page_count: number }];
    await inside(`PRAGMA max_page_count = ${pages + 8}`);
    const batch = [append('small'), append('big', JSON.stringify('x'.repeat(60_000)))];
    await expect(store.messages.append(batch)).rejects.toMatchObject({ code: 'STORE_FULL', retryable: true });
    expect(await store.messages.find('t', 'small')).toBeUndefined();
    expect((await store.messages.states(room))[0]?.head).toBe(1);

    await inside('PRAGMA max_page_count = 100000');
    expect((await store.messages.append(batch)).map((one) => one.kind)).toEqual(['stored', 'stored']);
    expect((await store.messages.states(room))[0]?.head).toBe(3);
    expect(await inside('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  });

  it('rolls a batch back whole when one of its rows is refused', async () => {
    const twice = append('twice', '1', ['room', 'room']);
    const nothing = { ...append('nothing'), message: { ...append('nothing').message, type: null as never } };
    for (const bad of [nothing, { ...twice, targets: [{ stream: null as never }] }]) {
      await expect(store.messages.append([append('good'), bad])).rejects.toMatchObject({ code: 'INTERNAL' });
    }
    expect(await store.messages.find('t', 'good')).toBeUndefined();
    expect((await store.messages.states(room))[0]?.head).toBe(0);
    expect((await store.messages.append([append('good')]))[0]).toMatchObject({ kind: 'stored', places: [{ seq: 1 }] });
  });

  it('waits for a lock held elsewhere without stopping the process, then gives up', async () => {
    await other.query('BEGIN IMMEDIATE');
    let turns = 0;
    const count = setInterval(() => turns++, 1);
    await expect(store.messages.append([append('m')])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    clearInterval(count);
    expect(turns).toBeGreaterThan(5);
    expect((await store.messages.states(room))[0]?.head).toBe(0);
    await other.query('COMMIT');
    expect((await store.messages.append([append('m')]))[0]?.kind).toBe('stored');
  });

  it('tells all who wait in line for a lock when their time is over, not one after the other', async () => {
    const hasty = createTypeOrmStore({ url: `sqlite:${folder.file}` }, { lockTimeoutMs: 4000, deadlineMs: 100 });
    await hasty.open();
    await other.query('BEGIN IMMEDIATE');
    const began = performance.now();
    const writes = ['a', 'b', 'c', 'd', 'e'].map((id) => hasty.messages.append([append(id)]));
    for (const write of await Promise.allSettled(writes))
      expect(write).toMatchObject({ status: 'rejected', reason: { code: 'STORE_UNAVAILABLE' } });
    expect(performance.now() - began).toBeLessThan(4000);
    await other.query('COMMIT');
    expect((await hasty.messages.append([append('f')]))[0]?.kind).toBe('stored');
    await hasty.close();
  });

  it('keeps the order of writes that had to wait, and reads meanwhile', async () => {
    await other.query('BEGIN IMMEDIATE');
    const writes = ['a', 'b', 'c'].map((id) => store.messages.append([append(id)]));
    expect((await store.messages.states(room))[0]?.head).toBe(0);
    await other.query('COMMIT');
    await Promise.all(writes);
    const [page] = await store.messages.read([{ tenant: 't', stream: 'room', after: 0, limit: 9 }]);
    expect(page?.entries.map((entry) => entry.message.id)).toEqual(['a', 'b', 'c']);
  });

  it('finishes the writes it has taken before it closes', async () => {
    const writes = ['a', 'b', 'c'].map((id) => store.messages.append([append(id)]));
    await Promise.resolve();
    const closing = store.close();
    await Promise.all(writes);
    await closing;
    await store.open();
    expect((await store.messages.states(room))[0]?.head).toBe(3);
  });

  it('can be read by the host as entities', async () => {
    await store.messages.append([append('m', '{"a":1}')]);
    const [message] = await other.getRepository<Record<string, unknown>>('PushMessage').find();
    expect(message).toMatchObject({
      tenant: 't',
      id: 'm',
      data: '{"a":1}',
      audience: { topics: ['room'] },
      acceptedAt: 1,
    });
    const entries = await other.getRepository<Record<string, unknown>>('PushEntry').findBy({ stream: 'room' });
    expect(entries).toMatchObject([{ seq: 1, messageId: 'm', filter: null }]);
    const others = ['PushStream', 'PushCursor', 'PushDevice', 'PushSubscription', 'PushReadMark', 'PushPresence'];
    for (const name of [...others, 'PushNode', 'PushRevocation', 'PushJob']) {
      await other.getRepository(name).find();
    }
    await other.synchronize();
    expect((await store.messages.states(room))[0]?.head).toBe(1);
  });

  it('keeps installations with different prefixes apart in one file', async () => {
    const second = createTypeOrmStore({ url: `sqlite:${folder.file}` }, { tablePrefix: 'b2_' });
    await second.open();
    await store.messages.append([append('m')]);
    expect(await second.messages.find('t', 'm')).toBeUndefined();
    await second.messages.append([append('n')]);
    const tables = await other.query<{ name: string }[]>(`SELECT name FROM sqlite_master WHERE type = 'table'`);
    expect(tables.filter(({ name }) => !/^(push|b2|sqlite)_/.test(name))).toEqual([]);
    expect(tables.some(({ name }) => name === 'b2_migrations')).toBe(true);
    await second.close();
  });

  it('opens the same new file from several stores at once, with one epoch', async () => {
    const url = `sqlite:${path.join(path.dirname(folder.file), 'new.db')}`;
    const stores = [0, 1, 2].map(() => createTypeOrmStore({ url }));
    await Promise.all(stores.map((one) => one.open()));
    const states = await Promise.all(stores.map((one) => one.messages.states(room)));
    expect(new Set(states.map(([state]) => state?.epoch)).size).toBe(1);
    const outcomes = await Promise.all(stores.map((one, i) => one.messages.append([append(`m${i}`)])));
    expect(
      outcomes
        .flat()
        .map((one) => one.kind === 'stored' && one.places[0]?.seq)
        .sort(),
    ).toEqual([1, 2, 3]);
    await Promise.all(stores.map((one) => one.close()));
  });

  it('says what is wrong with a file it cannot open', async () => {
    const junk = path.join(path.dirname(folder.file), 'junk.db');
    await writeFile(junk, 'x'.repeat(5000));
    await mkdir(path.join(path.dirname(folder.file), 'folder.db'));
    for (const file of [junk, path.join(path.dirname(folder.file), 'folder.db')]) {
      const broken = createTypeOrmStore({ url: `sqlite:${file}` });
      await expect(broken.open()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      await expect(broken.messages.due(0, 1)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      await broken.close();
    }
  });

  it('uses the place of a host’s DataSource, not its connection', async () => {
    const beside = createTypeOrmStore({ dataSource: other });
    await beside.open();
    await other.query('BEGIN');
    await beside.messages.append([append('m')]);
    await other.query('ROLLBACK');
    expect((await store.messages.states(room))[0]?.head).toBe(1);
    await beside.close();
    expect(other.isInitialized).toBe(true);
  });

  it('refuses locations and prefixes it does not know, without repeating a password', () => {
    const error = (make: () => unknown) => {
      try {
        return make();
      } catch (thrown) {
        return thrown as Error;
      }
    };
    const unknown = error(() => createTypeOrmStore({ url: 'oracle://me:secret@db/x' }));
    expect(unknown).toMatchObject({ code: 'NOT_SUPPORTED', field: 'url' });
    expect((unknown as Error).message).not.toContain('secret');
    expect(error(() => createTypeOrmStore({ url: 'sqlite:' }))).toMatchObject({ code: 'INVALID' });
    expect(error(() => createTypeOrmStore({ url: './x.db' }))).toMatchObject({ code: 'INVALID' });
    for (const tablePrefix of ['a"b', '1a', 'x'.repeat(33), 'a;']) {
      expect(error(() => createTypeOrmStore({ url: 'sqlite:x' }, { tablePrefix }))).toMatchObject({
        field: 'tablePrefix',
      });
    }
  });
});
