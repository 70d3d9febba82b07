import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { AppendRequest, Device } from 'push-core';
import { createTypeOrmStore, pushMigrations } from '../index.js';
import { connectSqlite } from './connect.js';
import { sqliteLocation } from './location.js';
import { temporaryFolder } from './sqlite-harness.fixture.js';

const T0 = 1_760_000_000_000;
const request: AppendRequest = {
  message: {
    tenant: 't',
    id: 'm1',
    type: 'x',
    data: '1',
    to: { topics: ['room'] },
    options: {},
    acceptedAt: T0,
    expiresAt: T0 + 1000,
  },
  targets: [{ stream: 'room' }],
  when: 'now',
};
const job = { tenant: 't', kind: 'fan-out', id: 'm1', payload: '{}', position: 0, size: 2, dueAt: T0 };

/** Versions after the fourth, which only add columns. */
const sinceThen = pushMigrations().length - 4;

interface Thing {
  readonly name: string;
  readonly sql: string;
}

describe('the SQLite schema', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let url: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
    url = `sqlite:${folder.file}`;
  });
  afterEach(() => folder.remove());

  const opened = async () => {
    const store = createTypeOrmStore({ url });
    await store.open();
    return store;
  };
  /** The schema after so many migrations were undone. */
  const undone = async (migrations: number): Promise<readonly Thing[]> => {
    const dataSource = await connectSqlite(sqliteLocation({ url }), 'push_');
    try {
      for (let i = 0; i < migrations; i++) await dataSource.undoLastMigration();
      return await schema(dataSource);
    } finally {
      await dataSource.destroy();
    }
  };
  const written = async (sql: string): Promise<void> => {
    const dataSource = await connectSqlite(sqliteLocation({ url }), 'push_');
    await dataSource.query(sql);
    await dataSource.destroy();
  };
  const schema = (dataSource: DataSource) =>
    dataSource.query<Thing[]>('SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name');
  const names = (things: readonly Thing[]) => things.map(({ name }) => name);

  it('of version 1 is brought to the newest with everything it holds, and back', async () => {
    const first = await opened();
    await first.messages.append([request]);
    await first.close();
    const newest = await undone(0);

    const version1 = await undone(sinceThen + 3);
    expect(
      names(version1).filter((name) =>
        /read_mark|presence|node|revocation|ticket|recall|job|notification|token/.test(name),
      ),
    ).toEqual([]);
    expect(version1.find(({ name }) => name === 'push_message')?.sql).not.toContain('recalled_at');

    const again = await opened();
    expect((await again.messages.find('t', 'm1'))?.message).toEqual(request.message);
    expect((await again.messages.recall('t', 'm1', T0 + 5)).kind).toBe('recalled');
    expect(await again.reads.unread([{ tenant: 't', stream: 'room', user: 'u', now: T0 }])).toEqual([new Map()]);
    await again.close();
    expect(await undone(0)).toEqual(newest);
  });

  it('of version 2 is brought to the newest with everything it holds, and back', async () => {
    const first = await opened();
    await first.messages.append([request]);
    await first.messages.recall('t', 'm1', T0 + 5);
    await first.access.revoke({ tenant: 't', user: 'u', at: T0 });
    await first.close();
    const newest = await undone(0);
    const version2 = await undone(sinceThen + 2);
    expect(names(version2).filter((name) => /job|long/.test(name))).toEqual([]);

    const again = await opened();
    expect((await again.messages.find('t', 'm1'))?.message.recalledAt).toBe(T0 + 5);
    expect(await again.access.revokedAt([{ tenant: 't', user: 'u' }])).toEqual([T0]);
    const next = { ...request, message: { ...request.message, id: 'm2' }, job: { ...job, id: 'm2' } };
    await again.messages.append([next]);
    expect(await again.jobs.find({ ...job, id: 'm2' })).toEqual({ ...job, id: 'm2' });
    await again.close();
    expect(await undone(0)).toEqual(newest);
    expect(await undone(sinceThen + 2)).toEqual(version2);
  });

  it('of version 3 is brought to version 4, where the tokens of its devices are theirs', async () => {
    const device = { tenant: 't', user: 'u', platform: 'ios', registeredAt: T0 - 9 };
    const tokens = (...names: string[]) => names.map((token) => ({ provider: 'apns', token }));
    const first = await opened();
    await first.devices.put({ ...device, device: 'old', tokens: tokens('a', 'b'), updatedAt: T0 });
    await first.close();
    const version3 = await undone(sinceThen + 1);
    expect(names(version3).filter((name) => /notification|setting|preference|token|spared/.test(name))).toEqual([]);
    // What a program of version 3 writes: a device that names a token another one names, too.
    await written(`INSERT INTO push_device SELECT 't', 'v', 'new', platform, '[{"provider":"apns","token":"a"}]',
      NULL, NULL, NULL, ${T0}, ${T0 + 5} FROM push_device`);

    const again = await opened();
    const [[old], [young]] = (await again.devices.of([
      { tenant: 't', user: 'u' },
      { tenant: 't', user: 'v' },
    ])) as [[Device], [Device]];
    expect(old.tokens).toEqual([{ provider: 'apns', token: 'b', registeredAt: T0 }]);
    expect(young.tokens).toEqual([{ provider: 'apns', token: 'a', registeredAt: T0 + 5 }]);
    await again.close();
    expect(await undone(sinceThen + 1)).toEqual(version3);
  });

  it.each([
    [4, 3, /^push_(notification|setting|preference|token|spared)/],
    [3, 2, /^push_(job|job_dead|job_due|stream_long)$/],
  ])('of version %i only adds to that of version %i, for programs of that version to go on with', async (...one) => {
    const [later, earlier, its] = one;
    await (await opened()).close();
    const newer = await undone(sinceThen + 4 - later);
    const older = await undone(later - earlier);
    expect(newer.filter(({ name }) => names(older).includes(name))).toEqual(older);
    const added = newer.filter(({ name }) => !names(older).includes(name));
    expect(names(added).filter((name) => !its.test(name))).toEqual([]);
    for (const { sql } of added) if (/^CREATE.*INDEX/.test(sql)) expect(sql).not.toMatch(/UNIQUE/);
  });
});
