import { expect, it } from '@jest/globals';
import { createTypeOrmStore } from '../index.js';
import { append, describeStoresAtOnce, NOW } from '../stores-at-once.fixture.js';
import { administrator, eventually, temporaryDatabase } from './mysql-harness.fixture.js';

describeStoresAtOnce('MariaDB', async () => {
  const { name, url, drop } = await temporaryDatabase();
  const server = await administrator(name);
  return {
    url,
    run: (sql) => server.run(sql),
    remove: async () => {
      await server.end();
      await drop();
    },
  };
});

it('A store on MariaDB removes a message of which somebody else is just removing the other entries', async () => {
  const { name, url, drop } = await temporaryDatabase();
  const [server, other] = [await administrator(name), await administrator(name)];
  const store = createTypeOrmStore({ url });
  await store.open();
  await store.messages.append([append('m', ['a', 'b'])]);
  await other.run('BEGIN');
  await other.run(`SELECT * FROM push_stream WHERE tenant = 't' AND stream = 'a' FOR UPDATE`);
  await other.run(`DELETE FROM push_entry WHERE tenant = 't' AND stream = 'a'`);
  await other.run(`SELECT * FROM push_message WHERE tenant = 't' AND id = 'm' FOR UPDATE`);
  let trimmed = false;
  const trim = store.messages.trim({ acceptedBefore: NOW + 1, keepPerStream: 1, limit: 1, now: 0 });
  const over = trim.then(() => (trimmed = true));
  const waits = `SELECT id FROM information_schema.processlist WHERE db = ? AND info LIKE '%push_message%FOR UPDATE'`;
  await eventually(async () => trimmed || (await server.run(waits, name)).length > 0);
  await other.run('COMMIT');
  await over;
  expect(await trim).toBe(1);
  expect(await server.run('SELECT id FROM push_message')).toEqual([]);
  await store.close();
  await Promise.all([server.end(), other.end()]);
  await drop();
});
