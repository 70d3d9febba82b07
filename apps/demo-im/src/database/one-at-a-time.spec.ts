import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import libsql from 'libsql';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource, type DataSourceOptions, type EntityManager } from 'typeorm';
import { FirstTables } from './first-tables.js';
import { OneAtATimeDataSource } from './one-at-a-time.js';

describe('transactions', () => {
  let folder: string;
  let options: DataSourceOptions;
  let database: DataSource;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'demo-im-'));
    const file = { type: 'better-sqlite3', driver: libsql, database: join(folder, 'x.db'), enableWAL: true } as const;
    options = { ...file, timeout: 0, migrations: [FirstTables], migrationsRun: true };
    database = await new OneAtATimeDataSource(options).initialize();
  });
  afterEach(async () => {
    await database.destroy();
    await rm(folder, { recursive: true });
  });

  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const add = (manager: Pick<EntityManager, 'query'>, id: string) =>
    manager.query(`INSERT INTO room (id, kind, created_at) VALUES (?, 'group', 0)`, [id]);
  const rooms = async () =>
    (await database.query<{ id: string }[]>('SELECT id FROM room ORDER BY rowid')).map(({ id }) => id);

  it('that are asked for at once do not take one another along', async () => {
    const outcomes = await Promise.allSettled(
      ['one', 'two', 'three'].map((id) =>
        database.transaction(async (manager) => {
          await add(manager, id);
          await turn();
          if (id === 'one') throw new Error('changed my mind');
        }),
      ),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(await rooms()).toEqual(['two', 'three']);
  });

  it('may read first: nobody writes in between', async () => {
    const other = await new DataSource(options).initialize();
    await database.transaction(async (manager) => {
      await manager.query('SELECT * FROM room');
      await expect(add(other, 'other')).rejects.toThrow(/locked/);
      await add(manager, 'own');
    });
    await add(other, 'other');
    expect(await rooms()).toEqual(['own', 'other']);
    await other.destroy();
  });
});
