import { InProcessBusHub } from '../cluster/in-process-bus.js';
import { createMemoryStore } from '../store/memory/memory-store.js';
import type { PushEvents } from '../events.js';
import { EngineBench } from './engine.fixture.js';

const bench = new EngineBench();
afterEach(() => bench.close());

it('lists the devices that are connected, and when the others were last heard of', async () => {
  const push = await bench.engine({ node: 'n1' });
  await bench.connect(push, { device: 'phone' });
  const desk = await bench.connect(push, { device: 'desk' });
  await bench.clock.advance(5_000);
  desk.handler.alive();
  const heardAt = bench.clock.now();
  await bench.clock.advance(3_000);
  desk.handler.closed();
  const [u1, u2] = await push.presence('t', ['u1', 'u2']);
  expect(u1).toEqual({
    user: 'u1',
    online: true,
    lastSeenAt: bench.clock.now(),
    devices: [
      { device: 'desk', online: false, node: 'n1', transport: 'fake', lastSeenAt: heardAt },
      { device: 'phone', online: true, node: 'n1', transport: 'fake', lastSeenAt: bench.clock.now() },
    ],
  });
  expect(u2).toEqual({ user: 'u2', online: false, lastSeenAt: undefined, devices: [] });
});

it('survives a node that died without a word: its devices are offline when its lease is over', async () => {
  const shared = createMemoryStore({ epoch: 'e1' });
  const dead = await bench.engine({ node: 'n1', store: createMemoryStore({ data: shared.data }) });
  const alive = await bench.engine({ node: 'n2', store: createMemoryStore({ data: shared.data }) });
  await bench.connect(dead);
  expect((await dead.presence('t', ['u1']))[0]?.online).toBe(true);
  expect((await alive.presence('t', ['u1']))[0]?.online).toBe(true);
  // The dead node's timers die with it: nothing renews its lease.
  const [row] = [...shared.data.leases.keys()].filter((node) => node.startsWith('n1 '));
  shared.data.leases.delete(row ?? '');
  expect((await alive.presence('t', ['u1']))[0]?.online).toBe(false);
});

it('keeps its lease, and gives it back at the end', async () => {
  const shared = createMemoryStore({ epoch: 'e1' });
  const one = await bench.engine({ store: createMemoryStore({ data: shared.data }) });
  const other = await bench.engine({ store: createMemoryStore({ data: shared.data }) });
  const link = await bench.connect(one);
  for (let tenSeconds = 0; tenSeconds < 12; tenSeconds++) {
    await bench.clock.advance(10_000);
    link.handler.alive();
    expect((await other.presence('t', ['u1']))[0]?.online).toBe(true);
  }
  const closing = one.close();
  await bench.clock.advance(6_000);
  await closing;
  expect((await other.presence('t', ['u1']))[0]?.online).toBe(false);
});

it('tells listeners who came and who is gone, and nothing of a device that only changed its link', async () => {
  const push = await bench.engine();
  const told: PushEvents['presence'][] = [];
  push.on('presence', (one) => told.push(one));
  const first = await bench.connect(push);
  await bench.connect(push);
  expect(first.closed?.code).toBe(3003);
  await bench.clock.advance(1_000);
  const third = await bench.connect(push);
  third.handler.closed();
  await bench.clock.advance(1_000);
  const fourth = await bench.connect(push);
  await bench.clock.advance(5_000);
  expect(told.map((one) => one.online)).toEqual([true]);
  fourth.handler.closed();
  await bench.clock.advance(5_000);
  expect(told.map((one) => one.online)).toEqual([true, false]);
});

it('does not call a device gone that went on to another node', async () => {
  const hub = new InProcessBusHub();
  const shared = createMemoryStore({ epoch: 'e1' });
  const one = await bench.engine({ store: createMemoryStore({ data: shared.data }), bus: hub.join() });
  const other = await bench.engine({ store: createMemoryStore({ data: shared.data }), bus: hub.join() });
  const told: boolean[] = [];
  one.on('presence', ({ online }) => told.push(online));
  const link = await bench.connect(one);
  await bench.connect(other);
  await bench.clock.advance(5_000);
  expect(link.closed?.code).toBe(3003);
  expect(told).toEqual([true]);
  expect((await one.presence('t', ['u1']))[0]?.online).toBe(true);
});

it('counts a device whose links come and go as connected for as long as they linger', async () => {
  const push = await bench.engine();
  const link = await bench.connect(push);
  link.lingerMs = 30_000;
  link.handler.closed();
  await bench.clock.advance(20_000);
  expect((await push.presence('t', ['u1']))[0]?.online).toBe(true);
  await bench.clock.advance(15_000);
  expect((await push.presence('t', ['u1']))[0]?.online).toBe(false);
});
