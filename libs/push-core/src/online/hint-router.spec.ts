import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Bus, EntryHint, Hint } from '../cluster/bus.js';
import { InProcessBusHub } from '../cluster/in-process-bus.js';
import { createMemoryStore, type MemoryStore } from '../store/memory/memory-store.js';
import { EngineBench } from './engine.fixture.js';

let bench: EngineBench;
let hub: InProcessBusHub;
let shared: MemoryStore;
beforeEach(() => {
  bench = new EngineBench();
  hub = new InProcessBusHub();
  shared = createMemoryStore({ epoch: 'e1' });
});
afterEach(() => bench.close());

/** A bus that writes down what its node sends, and to whom. */
function watched(sent: [to: string, hint: Hint][]): Bus {
  const bus = hub.join();
  return {
    open: (node) => bus.open(node),
    send: (node, hints) => {
      sent.push(...hints.map((hint): [string, Hint] => [node.split(' ')[0] ?? '', hint]));
      return bus.send(node, hints);
    },
    broadcast: (hints) => {
      sent.push(...hints.map((hint): [string, Hint] => ['all', hint]));
      return bus.broadcast(hints);
    },
    onHints: (receive) => bus.onHints(receive),
    status: () => bus.status(),
    close: () => bus.close(),
  };
}

async function cluster(more: Record<string, unknown> = {}) {
  const sent: [to: string, hint: Hint][] = [];
  const node = (name: string, bus: Bus) =>
    bench.engine({ node: name, bus, store: createMemoryStore({ data: shared.data }), ...more });
  const a = await node('a', watched(sent));
  const b = await node('b', hub.join());
  const c = await node('c', hub.join());
  return { a, b, c, sent };
}

const entries = (sent: [string, Hint][]) => sent.filter(([, { kind }]) => kind === 'entry' || kind === 'head');

it('tells only the node that holds the user, and that one needs no store read', async () => {
  const { a, b, sent } = await cluster();
  const link = await bench.connect(b);
  let reads = 0;
  b.on('trouble', () => reads++);
  await bench.publish(a, { to: { users: ['u1'] }, type: 'x', data: { n: 1 } });
  expect(link.seqs).toEqual([1]);
  expect(entries(sent).map(([to]) => to)).toEqual(['b']);
  await bench.publish(a, { to: { users: ['nobody-here'] }, type: 'x' });
  expect(entries(sent)).toHaveLength(1);
  expect(reads).toBe(0);
});

it('tells every node of a topic once, with all that it was for', async () => {
  const { a, b, c, sent } = await cluster();
  await a.subscribe('t', 'news', ['u1', 'u2']);
  const links = [await bench.connect(b), await bench.connect(c, { token: 'u2' })];
  await bench.publish(a, { to: { topics: ['news'], users: ['u1'] }, type: 'x' });
  expect(links.map((link) => link.of('push').map(({ s }) => s))).toEqual(
    [['news', '@me'].sort(), ['news']].map((s) => expect.arrayContaining(s) as unknown),
  );
  expect(
    entries(sent)
      .map(([to]) => to)
      .sort(),
  ).toEqual(['all', 'b']);
});

it('joins what goes to one node for several of its users', async () => {
  const { a, b, sent } = await cluster();
  const links = [await bench.connect(b), await bench.connect(b, { token: 'u2' })];
  await bench.publish(a, { to: { users: ['u1', 'u2'] }, type: 'x' });
  expect(links.map((link) => link.seqs)).toEqual([[1], [1]]);
  const [only, ...others] = entries(sent);
  expect(others).toEqual([]);
  expect((only?.[1] as EntryHint).places.map(({ stream }) => stream)).toEqual(['@u1', '@u2']);
});

it('sends only the heads of what is long', async () => {
  const { a, b, sent } = await cluster({ limits: { hintBytes: 100 } });
  const link = await bench.connect(b);
  await bench.publish(a, { to: { users: ['u1'] }, type: 'x', data: 'y'.repeat(200) });
  expect(link.seqs).toEqual([1]);
  expect(entries(sent)).toEqual([['b', { kind: 'head', tenant: 't', stream: '@u1', head: 1 }]]);
});

it('tells everybody while the directory does not answer', async () => {
  const sent: [to: string, hint: Hint][] = [];
  const store = createMemoryStore({ data: shared.data });
  const a = await bench.engine({ node: 'a', bus: watched(sent), store });
  const b = await bench.engine({ node: 'b', bus: hub.join(), store: createMemoryStore({ data: shared.data }) });
  const link = await bench.connect(b);
  store.presence.holders = () => Promise.reject(new Error('away'));
  await bench.publish(a, { to: { users: ['u1'] }, type: 'x' });
  expect(link.seqs).toEqual([1]);
  expect(entries(sent).map(([to]) => to)).toEqual(['all']);
});

it('finds a device that connects while a message for it is appended elsewhere', async () => {
  const { a, b } = await cluster({ limits: { sweepMs: 3_600_000 } });
  const link = bench.link(b);
  const connecting = link.say({ op: 'connect', token: 'u1', device: 'd1', resume: { '@me': 'start' } });
  const published = a.publish('t', { to: { users: ['u1'] }, type: 'x' });
  await connecting;
  await published;
  await bench.clock.settle();
  expect(link.seqs).toEqual([1]);
});

it('takes back an announcement of a device whose link ended before it was admitted', async () => {
  const { a, b } = await cluster();
  const link = bench.link(b);
  link.handler.received(JSON.stringify({ op: 'connect', token: 'u1', device: 'd1' }));
  link.handler.closed();
  await bench.clock.advance(2000);
  expect((await a.presence('t', ['u1']))[0]?.online).toBe(false);
});

it('tells the node with the link of an acknowledgement that came to another one', async () => {
  const { a, b } = await cluster();
  const link = await bench.connect(b);
  await bench.publish(a, { to: { users: ['u1'] }, type: 'x' });
  const acknowledged = a.acknowledge({ tenant: 't', user: 'u1', device: 'd1' }, '@me', 1);
  await bench.clock.advance(60_000);
  await acknowledged;
  expect(link.seqs).toEqual([1]);
});

it('keeps the link that was accepted last, whichever was admitted last', async () => {
  const { a, b } = await cluster();
  const slow = bench.link(a);
  await bench.clock.advance(100);
  const newer = await bench.connect(b);
  await slow.say({ op: 'connect', token: 'u1', device: 'd1' });
  await bench.clock.advance(2000);
  expect([slow.closed?.code, newer.closed]).toEqual([3003, undefined]);
  await bench.publish(a, { to: { users: ['u1'] }, type: 'x' });
  expect(newer.seqs).toEqual([1]);
});
