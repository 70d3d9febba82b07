import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { createTypeOrmStore, pushMigrations, type TypeOrmStoreOptions } from '../index.js';
import { administrator, temporaryDatabase, urlOf, type Administrator, SERVER } from './mysql-harness.fixture.js';

describe('The schema on MariaDB', () => {
  let database: Awaited<ReturnType<typeof temporaryDatabase>>;
  let server: Administrator;
  beforeEach(async () => {
    database = await temporaryDatabase();
    server = await administrator(database.name);
  });
  afterEach(async () => {
    await server.end();
    await database.drop();
  });

  const opened = async (options?: TypeOrmStoreOptions, url = database.url) => {
    const store = createTypeOrmStore({ url }, options);
    await store.open();
    await store.close();
  };
  const tables = async () => (await server.run('SHOW TABLES')).map((row) => Object.values(row)[0] as string);
  const schema = async () => {
    const shown: string[] = [];
    for (const table of await tables()) {
      const [row] = await server.run(`SHOW CREATE TABLE \`${table}\``);
      shown.push((row?.['Create Table'] as string).replace(/ AUTO_INCREMENT=\d+/, ''));
    }
    return shown;
  };

  it('is made by a host with migrations of its own, undone, and made again', async () => {
    const host = new DataSource({
      type: 'mariadb',
      url: database.url,
      migrations: pushMigrations(undefined, 'mysql'),
      migrationsTableName: 'push_migrations',
    });
    await host.initialize();
    try {
      await host.runMigrations({ transaction: 'none' });
      const made = await schema();
      await opened();
      expect(await schema()).toEqual(made);
      // The second one, and whatever came after it.
      for (let left = host.migrations.length; left > 1; left--) await host.undoLastMigration({ transaction: 'none' });
      const added = /notification|setting|preference|token|spared/;
      expect((await tables()).filter((name) => added.test(name))).toEqual([]);
      await host.undoLastMigration({ transaction: 'none' });
      expect(await tables()).toEqual(['push_migrations']);
      await opened();
      expect(await schema()).toEqual(made);
    } finally {
      await host.destroy();
    }
  });

  it('is completed where a migration was cut off', async () => {
    await opened();
    const made = await schema();
    await server.run('DELETE FROM push_migrations');
    await server.run('DROP TABLE push_ticket, push_job, push_token');
    await opened();
    expect(await schema()).toEqual(made);
  });

  it('gives the tokens of devices that are there to them, and those of two to the one that was put last', async () => {
    await opened();
    await server.run(`INSERT INTO push_device (tenant, user, device, platform, tokens, registered_at, updated_at)
      SELECT 't', CONCAT('u', seq), 'd', 'ios', CONCAT('[{"provider":"apns","token":"', seq % 2, '"}]'), 1, seq
      FROM seq_1_to_1203`);
    await server.run(`DELETE FROM push_migrations WHERE name LIKE 'PushOffline%'`);
    await server.run('DROP TABLE push_token');
    const store = createTypeOrmStore({ url: database.url });
    await store.open();
    try {
      expect(await store.devices.users('t', '', 10)).toEqual(['u1202', 'u1203']);
      const [device] = await store.devices.list('t', 'u1203');
      expect(device?.tokens).toEqual([{ provider: 'apns', token: '1', registeredAt: 1203 }]);
    } finally {
      await store.close();
    }
  });

  it('may be there several times, under different prefixes', async () => {
    await opened({ tablePrefix: '' });
    await opened({ tablePrefix: 'second_' });
    expect((await tables()).filter((name) => /cursor|job/.test(name))).toEqual([
      ...['cursor', 'job', 'second_cursor', 'second_job'],
    ]);
  });

  it('is enough for a user who may not change it', async () => {
    await opened();
    const user = `push_${database.name.slice(-12)}`;
    await server.run(`CREATE USER ${user}@'127.0.0.1' IDENTIFIED BY 'pw'`);
    try {
      await server.run(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${database.name}.* TO ${user}@'127.0.0.1'`);
      await opened({}, urlOf(database.name, { ...SERVER, user, password: 'pw' }));
    } finally {
      await server.run(`DROP USER ${user}@'127.0.0.1'`);
    }
  });

  it('does not go by the defaults of the database it is in', async () => {
    await server.run(`ALTER DATABASE ${database.name} CHARACTER SET latin1 COLLATE latin1_german1_ci`);
    await opened();
    for (const one of await schema()) {
      if (!/push_migrations/.test(one)) expect(one).toMatch(/CHARSET=utf8mb4 COLLATE=utf8mb4_bin/);
    }
  });
});
