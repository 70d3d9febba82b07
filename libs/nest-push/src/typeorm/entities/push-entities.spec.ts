import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { createTypeOrmStore, pushEntities, type TypeOrmStore } from '../index.js';
import { HOSTS, type HostPlace } from '../transaction-hosts.fixture.js';

type Found = Record<string, unknown>;

const T0 = 1_760_000_000_000;

describe.each(Object.entries(HOSTS))('the entities in %s', (_, placeOf) => {
  let place: HostPlace;
  let store: TypeOrmStore;
  let host: DataSource;
  beforeEach(async () => {
    place = await placeOf();
    store = createTypeOrmStore({ url: place.url });
    await store.open();
    host = new DataSource({ ...place.options, entities: pushEntities() });
    await host.initialize();
  });
  afterEach(async () => {
    await store.close();
    await host.destroy();
    await place.remove();
  });

  const all = (name: string) => host.getRepository<Found>(name).find();
  const device = { tenant: 't', user: 'u', device: 'd' };

  it('show the host what is stored, numbers as numbers', async () => {
    const job = { tenant: 't', kind: 'fan-out', id: 'm', payload: '{"to":1}', position: 0, size: 2, dueAt: T0 };
    const message = {
      tenant: 't',
      id: 'm',
      type: 'x',
      thread: 'th',
      data: '[1]',
      to: { topics: ['room'] },
      options: {},
    };
    await store.messages.append([
      {
        message: { ...message, acceptedAt: T0, expiresAt: T0 + 9 },
        targets: [{ stream: 'room', filter: { exceptUsers: ['x'] } }],
        when: 'now',
        job,
      },
    ]);
    const position = { epoch: 'e', seq: 1 };
    await store.cursors.advance([{ ...device, stream: 'room', position }]);
    const tokens = [{ provider: 'p', token: 'x' }];
    await store.devices.put({ ...device, platform: 'web', tokens, registeredAt: T0, updatedAt: T0 });
    await store.topics.subscribe('t', 'room', ['u'], T0);
    await store.reads.advance([{ tenant: 't', stream: 'room', user: 'u', position, at: T0 }]);
    await store.presence.lease('n', T0, T0 + 9);
    const link = { connection: 'c', node: 'n', transport: 'websocket', online: true };
    await store.presence.record([{ ...device, ...link, at: T0, onlineUntil: T0 + 5 }]);
    const offline = { ...job, kind: 'offline' };
    await store.messages.append([
      {
        message: { ...message, id: 'n', acceptedAt: T0, expiresAt: T0 + 9 },
        targets: [],
        when: 'now',
        jobs: [offline],
      },
    ]);
    await store.jobs.take({ kind: 'offline', owner: 'o', now: T0, leaseUntil: T0 + 9, limit: 9, perTenant: 9 });
    const row = {
      ...{ ...device, messageId: 'n', state: 'sending' as const, dueAt: T0 + 9, attempts: 1, unknown: 0, owner: 'o' },
      ...{ provider: 'p', notificationId: 'id', stream: '@u', seq: 1, createdAt: T0, updatedAt: T0, covers: 1 },
    };
    await store.notifications.decide(
      [{ job: offline, owner: 'o', payload: undefined, leaseUntil: T0, rows: [row] }],
      T0,
    );
    await store.preferences.put({ tenant: 't', user: 'u' }, { mutedThreads: { th: 0 } }, T0);
    await store.access.revoke({ tenant: 't', user: 'u', at: T0 });

    const { unknown: unknownAttempts, ...shown } = row;
    const absent = { providerId: null, reason: null, thread: null, shownAt: null, openedAt: null, retractedAt: null };
    expect(await all('PushNotification')).toEqual([{ ...shown, unknownAttempts, ...absent }]);
    const preferences = { mutedThreads: { th: 0 } };
    expect(await all('PushPreference')).toEqual([{ tenant: 't', user: 'u', preferences, updatedAt: T0 }]);
    expect(await all('PushToken')).toMatchObject([{ ...device, registeredAt: T0 }]);
    expect(await host.getRepository<Found>('PushMessage').findBy({ id: 'm' })).toEqual([
      {
        ...{ tenant: 't', id: 'm', type: 'x', thread: 'th', data: '[1]', audience: { topics: ['room'] }, options: {} },
        ...{ notification: null, acceptedAt: T0, expiresAt: T0 + 9, dueAt: null, heldUntil: null, recalledAt: null },
      },
    ]);
    expect(await all('PushEntry')).toEqual([
      {
        ...{ tenant: 't', stream: 'room', seq: 1, messageId: 'm', thread: 'th', joinedAt: T0 },
        filter: { exceptUsers: ['x'] },
      },
    ]);
    expect(await all('PushStream')).toEqual([{ tenant: 't', stream: 'room', head: 1, first: 1 }]);
    expect(await all('PushCursor')).toEqual([{ ...device, stream: 'room', ...position, began: 0 }]);
    expect(await all('PushDevice')).toMatchObject([{ ...device, tokens, locale: null, registeredAt: T0 }]);
    expect(await all('PushSubscription')).toEqual([
      { tenant: 't', topic: 'room', user: 'u', since: 1, subscribedAt: T0 },
    ]);
    expect(await all('PushReadMark')).toEqual([
      { tenant: 't', stream: 'room', thread: '', user: 'u', ...position, at: T0 },
    ]);
    expect(await all('PushNode')).toEqual([{ node: 'n', renewedAt: T0, until: T0 + 9 }]);
    expect(await all('PushPresence')).toMatchObject([{ ...device, connection: 'c', at: T0, onlineUntil: T0 + 5 }]);
    expect(await all('PushRevocation')).toEqual([{ tenant: 't', user: 'u', at: T0 }]);
    expect(await all('PushJob')).toMatchObject([
      { tenant: 't', kind: 'fan-out', id: 'm', payload: { to: 1 }, position: 0, size: 2, dueAt: T0, attempts: 0 },
    ]);
  });

  it('find a message by its name', async () => {
    const repository = host.getRepository<Found>('PushMessage');
    expect(await repository.findOneBy({ tenant: 't', id: 'nobody' })).toBeNull();
  });

  it('are left alone by a host that synchronizes its own', async () => {
    await host.synchronize();
    expect(await store.access.revokedAt([{ tenant: 't', user: 'u' }])).toEqual([undefined]);
  });
});
