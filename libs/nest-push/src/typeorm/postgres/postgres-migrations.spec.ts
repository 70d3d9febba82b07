import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { createTypeOrmStore, pushMigrations } from '../index.js';
import { admin, temporarySchema, type Place } from './postgres-harness.fixture.js';

describe('Migrations of PostgreSQL', () => {
  let place: Place;
  beforeEach(async () => (place = await temporarySchema()));
  afterEach(() => place.remove());

  const tables = async () =>
    (await admin(`SELECT tablename FROM pg_tables WHERE schemaname = $1 ORDER BY 1`, [place.schema])).map(
      (row) => row.tablename as string,
    );

  /** The second one, and whatever came after it. */
  const undoOffline = async (dataSource: DataSource): Promise<void> => {
    for (let left = dataSource.migrations.length; left > 1; left--)
      await dataSource.undoLastMigration({ transaction: 'all' });
  };

  it('go back and forth, run by the host or by the store', async () => {
    const dataSource = new DataSource({
      type: 'postgres',
      extra: { connectionString: place.url, options: `-c search_path=${place.schema}` },
      logging: false,
      migrations: pushMigrations('p_', 'postgres'),
      migrationsTableName: 'p_migrations',
    });
    await dataSource.initialize();
    await dataSource.runMigrations({ transaction: 'all' });
    const made = await tables();
    expect(made).toContain('p_message');
    await undoOffline(dataSource);
    expect((await tables()).filter((name) => /notification|setting|preference|token|spared/.test(name))).toEqual([]);
    await dataSource.undoLastMigration({ transaction: 'all' });
    expect(await tables()).toEqual(['p_migrations']);
    await dataSource.destroy();

    const store = createTypeOrmStore({ url: place.url }, { tablePrefix: 'p_' });
    await store.open();
    expect(await tables()).toEqual(made);
    await store.close();
  });

  it('give the tokens of devices that are there to them, and those of two to the one that was put last', async () => {
    const dataSource = new DataSource({
      type: 'postgres',
      extra: { connectionString: place.url, options: `-c search_path=${place.schema}` },
      migrations: pushMigrations('push_', 'postgres'),
      migrationsTableName: 'push_migrations',
    });
    await dataSource.initialize();
    await dataSource.runMigrations({ transaction: 'all' });
    await undoOffline(dataSource);
    await dataSource.query(`INSERT INTO push_device (tenant, "user", device, platform, tokens, registered_at, updated_at)
      SELECT 't', 'u' || n, 'd', 'ios', '[{"provider":"apns","token":"' || n % 2 || '"}]', 1, n
      FROM generate_series(1, 1203) n`);
    await dataSource.destroy();
    const store = createTypeOrmStore({ url: place.url });
    await store.open();
    expect(await store.devices.users('t', '', 10)).toEqual(['u1202', 'u1203']);
    const [device] = await store.devices.list('t', 'u1203');
    expect(device?.tokens).toEqual([{ provider: 'apns', token: '1', registeredAt: 1203 }]);
    await store.close();
  });

  it('of a later version are left alone by this one', async () => {
    const open = async () => {
      const store = createTypeOrmStore({ url: place.url });
      await store.open();
      return store;
    };
    await (await open()).close();
    const schema = `"${place.schema}"`;
    await admin(`INSERT INTO ${schema}.push_migrations (timestamp, name) VALUES (9e12, 'PushLater9000000000000')`);
    await admin(`ALTER TABLE ${schema}.push_device ADD COLUMN later text`);
    await admin(`ALTER TABLE ${schema}.push_message ADD COLUMN later int8 DEFAULT 7`);
    const store = await open();
    const device = { tenant: 't', user: 'u', device: 'd', platform: 'ios', tokens: [], registeredAt: 1, updatedAt: 1 };
    await store.devices.put(device);
    expect(await store.devices.list('t', 'u')).toEqual([device]);
    await store.close();
  });

  it('of two prefixes live side by side in one schema', async () => {
    const stores = ['a_', 'b_'].map((tablePrefix) => createTypeOrmStore({ url: place.url }, { tablePrefix }));
    for (const store of stores) await store.open();
    const names = await tables();
    expect(names.filter((name) => name.startsWith('a_')).length).toBe(names.length / 2);
    for (const store of stores) await store.close();
  });

  it('say what is missing where the user may not make tables', async () => {
    const role = `${place.schema}_reader`;
    await admin(`CREATE ROLE "${role}" LOGIN`);
    await admin(`GRANT USAGE ON SCHEMA "${place.schema}" TO "${role}"`);
    const url = new URL(place.url);
    url.username = role;
    const store = createTypeOrmStore({ url: url.href });
    const refused = await store.open().then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    expect(refused).toMatchObject({ code: 'INVALID', field: 'url' });
    expect(refused?.message).toContain(`permission denied for schema ${place.schema}`);
    await store.close();
    await admin(`REVOKE ALL ON SCHEMA "${place.schema}" FROM "${role}"`);
    await admin(`DROP ROLE "${role}"`);
  });
});
