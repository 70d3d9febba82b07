import type { Push } from 'push-core';
import { PushService } from './push.service.js';
import { FakePush } from './fixtures/fake-push.fixture.js';

const setUp = () => {
  const engine = new FakePush();
  const service = new PushService(engine, { store: {} as never, defaultTenant: 'acme' });
  return { engine, service };
};
const publish = { to: { users: ['u1'] }, type: 'x' };

it('takes the tenant of the module where none is named, in every call', async () => {
  const { engine, service } = setUp();
  const { id } = await service.publish(publish);
  expect(await service.recall(id)).toEqual({ id, state: 'recalled' });
  await service.acknowledge({ user: 'u1', device: 'd1' }, '@me', 3);
  await service.markRead({ user: 'u1', device: 'd1' }, { s: '@me', seq: 3, thread: 'r' });
  await service.unread({ user: 'u1' });
  await service.disconnect('u1');
  await service.eraseUser('u1');
  await service.eraseTenant('t9');
  await service.signal({ to: { topics: ['room'] }, type: 'typing' });
  expect(engine.calls).toEqual([
    'publish acme -',
    'acknowledge acme u1 d1 @me 3',
    'markRead acme u1 d1 @me 3 r',
    'unread acme u1 -',
    'disconnect acme u1',
    'eraseUser acme u1',
    'eraseTenant t9',
    'signal acme typing',
  ]);
});

it('takes the tenant that is named', async () => {
  const { engine, service } = setUp();
  const tenant = 't2';
  const { id } = await service.publish({ ...publish, tenant });
  await expect(service.recall(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await service.recall(id, { tenant })).toEqual({ id, state: 'recalled' });
  await service.acknowledge({ tenant, user: 'u1', device: 'd1' }, '@me', 3);
  await service.markRead({ tenant, user: 'u1' }, { s: 'room', seq: 3 });
  await service.unread({ tenant, user: 'u1', device: 'd1' });
  await service.disconnect('u1', { tenant });
  await service.signal({ to: { users: ['u'] }, type: 'typing', tenant });
  await service.acknowledge({ tenant: undefined, user: 'u1', device: 'd1' }, '@me', 4);
  expect(engine.calls).toEqual([
    'publish t2 -',
    'acknowledge t2 u1 d1 @me 3',
    'markRead t2 u1 - room 3 -',
    'unread t2 u1 d1',
    'disconnect t2 u1',
    'signal t2 typing',
    'acknowledge acme u1 d1 @me 4',
  ]);
});

it('tells who is connected, in the order asked', async () => {
  const { engine, service } = setUp();
  engine.online.set('acme ann', { user: 'ann', online: true, lastSeenAt: 1, devices: [] });
  expect((await service.presence(['bob', 'ann'])).map(({ user, online }) => [user, online])).toEqual([
    ['bob', false],
    ['ann', true],
  ]);
  expect((await service.presence(['ann'], { tenant: 't2' }))[0]?.online).toBe(false);
});

it('offers every call of the engine that is for a host', () => {
  // What runs the engine, and what transports call.
  const lifetime: readonly (keyof Push)[] = ['node', 'start', 'drain', 'close', 'status', 'meters', 'now'];
  const links: readonly (keyof Push)[] = ['accept', 'addressOf', 'identify', 'issueTicket', 'refusal'];
  const { engine, service } = setUp();
  const calls = new Set<string>();
  for (let at: object = engine; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at)))
      if (typeof value === 'function' && !['constructor', 'check', 'noted'].includes(name)) calls.add(name);
  }
  const missing = [...calls].filter(
    (name) => !(name in service) && ![...lifetime, ...links].some((one) => one === name),
  );
  expect(missing).toEqual([]);
  expect(calls.size).toBeGreaterThan(15);
});
