import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { AppendRequest } from 'push-core';
import { sqliteLocation } from '../database-location.js';
import { createTypeOrmStore } from '../index.js';
import { connectSqlite } from '../open-sqlite.js';
import { temporaryFolder } from '../sqlite-harness.fixture.js';

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

describe('a database of version 1', () => {
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
  const onDatabase = async <T>(use: (dataSource: DataSource) => Promise<T>): Promise<T> => {
    const dataSource = await connectSqlite(sqliteLocation({ url }), 'push_');
    try {
      return await use(dataSource);
    } finally {
      await dataSource.destroy();
    }
  };
  const schema = (dataSource: DataSource) =>
    dataSource.query<{ name: string; sql: string }[]>(
      `SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name`,
    );

  it('is brought to version 2 with everything it holds, and back', async () => {
    const first = await opened();
    await first.messages.append([request]);
    await first.close();
    const version2 = await onDatabase(schema);

    const version1 = await onDatabase(async (dataSource) => {
      await dataSource.undoLastMigration();
      return schema(dataSource);
    });
    expect(
      version1.map(({ name }) => name).filter((name) => /read_mark|presence|node|revocation|ticket|recall/.test(name)),
    ).toEqual([]);
    expect(version1.find(({ name }) => name === 'push_message')?.sql).not.toContain('recalled_at');

    const again = await opened();
    expect((await again.messages.find('t', 'm1'))?.message).toEqual(request.message);
    expect((await again.messages.recall('t', 'm1', T0 + 5)).kind).toBe('recalled');
    expect(await again.reads.unread([{ tenant: 't', stream: 'room', user: 'u', now: T0 }])).toEqual([new Map()]);
    await again.close();
    expect((await onDatabase(schema)).map(({ name }) => name)).toEqual(version2.map(({ name }) => name));
  });
});
