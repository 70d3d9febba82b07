import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AppendRequest } from 'push-core';
import { DataSource } from 'typeorm';
import { createTypeOrmStore, pushEntities, typeOrmTransaction, type TypeOrmStore } from '../index.js';
import { temporarySchema, type Place } from './postgres-harness.fixture.js';

const tenant = 't';
const append = (id: string, streams: readonly string[], key?: string): AppendRequest => ({
  message: {
    tenant,
    id,
    type: 'x',
    data: '{"a":"\\u0000\\""}',
    to: { all: true },
    options: {},
    acceptedAt: 1,
    expiresAt: 2,
  },
  targets: streams.map((stream) => ({ stream })),
  when: 'now',
  ...(key ? { idempotency: { key, fingerprint: 'f', keepUntil: 9 } } : {}),
});

describe('A host’s own transaction on PostgreSQL', () => {
  let place: Place;
  let host: DataSource;
  let store: TypeOrmStore;

  beforeEach(async () => {
    place = await temporarySchema();
    host = new DataSource({
      type: 'postgres',
      extra: { connectionString: place.url, options: `-c search_path=${place.schema}` },
      entities: pushEntities(),
      logging: false,
    });
    await host.initialize();
    await host.query('CREATE TABLE orders (no int4 PRIMARY KEY)');
    store = createTypeOrmStore({ dataSource: host });
    await store.open();
  });
  afterEach(async () => {
    await store.close();
    await host.destroy();
    await place.remove();
  });
  const heads = async (...streams: string[]) =>
    (await store.messages.states(streams.map((stream) => ({ tenant, stream })))).map(({ head }) => head);

  it('commits what was published with its own rows, numbered as the store would', async () => {
    await store.messages.append([append('m0', ['room'])]);
    const outcomes = await host.transaction(async (manager) => {
      await manager.query('INSERT INTO orders VALUES (1)');
      const batch = [append('m1', ['room', 'hall'], 'k'), append('m2', ['room']), append('m0', ['room'])];
      return typeOrmTransaction(manager).append(batch);
    });
    const stored = outcomes.map((one) => (one.kind === 'stored' ? one.places.map(({ seq }) => seq) : one));
    expect(stored).toEqual([[2, 1], [3], { kind: 'duplicate', id: 'm0', acceptedAt: 1 }]);
    expect(await heads('room', 'hall')).toEqual([3, 1]);
    const again = await host.transaction((manager) =>
      typeOrmTransaction(manager).append([append('m9', ['room'], 'k')]),
    );
    expect(again).toEqual([{ kind: 'duplicate', id: 'm1', acceptedAt: 1 }]);
  });

  it('takes it back with its own rows, and can go on after a refusal', async () => {
    const failing = host.transaction(async (manager) => {
      await typeOrmTransaction(manager).append([append('m1', ['room'])]);
      throw new Error('the host changed its mind');
    });
    await expect(failing).rejects.toThrow('changed its mind');
    const bad = { ...append('bad', ['room']), targets: [{ stream: null as never }] };
    await host.transaction(async (manager) => {
      await expect(typeOrmTransaction(manager).append([bad])).rejects.toMatchObject({ code: 'INTERNAL' });
      await manager.query('INSERT INTO orders VALUES (2)');
    });
    expect(await host.query('SELECT no FROM orders')).toEqual([{ no: 2 }]);
    expect(await heads('room')).toEqual([0]);
  });

  it('reads the tables as entities, with numbers', async () => {
    await store.messages.append([append('m1', ['room'])]);
    const [message] = await host.getRepository('PushMessage').find();
    expect(message).toMatchObject({ id: 'm1', audience: { all: true }, acceptedAt: 1 });
    expect(await host.getRepository('PushEntry').find()).toMatchObject([{ seq: 1, messageId: 'm1', filter: null }]);
    for (const name of ['PushStream', 'PushCursor', 'PushDevice', 'PushSubscription']) {
      await host.getRepository(name).find();
    }
  });
});
