import { PushClient, type PushClientOptions, type TransportName } from 'push-client';
import { nodeSocket } from 'push-client/node';
import { fallback } from 'push-client/fallback';
import { dice } from '../support/dice.js';
import { eventually } from '../support/eventually.js';
import { FlakyProxy, type ProxyRules } from '../support/flaky-proxy.js';
import { ServerProcess } from '../support/server.js';

const PATIENCE_MS = 30_000;

let server: ServerProcess;
let proxy: FlakyProxy;
const clients: PushClient[] = [];
const loads: (() => Promise<void>)[] = [];
let users = 0;

beforeAll(async () => {
  server = await ServerProcess.start();
  proxy = await FlakyProxy.open(server.port);
});
beforeEach(() => proxy.set({}));
afterEach(async () => {
  await Promise.all(loads.splice(0).map((stop) => stop()));
  await Promise.all(clients.splice(0).map((client) => client.close()));
});
afterAll(async () => {
  await proxy.close();
  await server.remove();
});

/** A client that is quick to give up and to try again, and what it showed. */
async function device(user: string, name = 'd1', options: Partial<PushClientOptions> = {}) {
  const token = await server.token(user, { topics: ['news', 'sport'] });
  const client = new PushClient({
    url: proxy.socketUrl,
    token,
    device: name,
    socket: nodeSocket(),
    connectWaitMs: 1_000,
    backoff: { baseMs: 50, capMs: 400 },
    transport: fallback({ climb: { baseMs: 400, capMs: 1_500 } }),
    ...options,
  });
  clients.push(client);
  const shown: Record<string, number[]> = {};
  const errors: string[] = [];
  const handlers = { done: 0 };
  client.on('message', async ({ s, data }) => {
    (shown[s] ??= []).push((data as { n: number }).n);
    // Handlers take their time.
    await new Promise((resolve) => setImmediate(resolve));
    handlers.done += 1;
  });
  client.on('error', ({ code, message }) => errors.push(`${code} ${message}`));
  return { client, shown, errors, handlers };
}

/** Publishes one after the other until it is told to stop; to the user and to a topic in turn. */
function steadyLoad(user: string, topic: string) {
  let isOn = true;
  const counts = { '@me': 0, [topic]: 0 };
  const done = (async () => {
    while (isOn) {
      await server.publish(user, { n: (counts['@me'] = (counts['@me'] ?? 0) + 1) });
      counts[topic] = (counts[topic] ?? 0) + 1;
      await server.publish(user, { n: counts[topic] }, { to: { topics: [topic] } });
    }
  })();
  const stop = () => {
    isOn = false;
    return done;
  };
  loads.push(stop);
  return { counts, stop };
}

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at + 1);
const total = (shown: Record<string, number[]>) => Object.values(shown).reduce((sum, { length }) => sum + length, 0);

async function subscribed(): Promise<{ user: string; topic: string }> {
  const user = `u${++users}`;
  const topic = `room-${users}`;
  const answer = await server.call('PUT', `/v1/topics/${topic}/subscribers/${user}`);
  expect(answer.status).toBeLessThan(300);
  return { user, topic };
}

it('goes over what gets through and back to the best, under load: every message once and in order', async () => {
  const { user, topic } = await subscribed();
  const { client, shown, errors } = await device(user);
  const over: TransportName[] = [];
  client.on('transport', ({ to }) => over.push(to));
  const reaches = async (transport: TransportName) => {
    await eventually(() => client.transport === transport, PATIENCE_MS);
    const before = total(shown);
    // It does not only stand there, it works.
    await eventually(() => total(shown) > before + 60, PATIENCE_MS);
  };
  await client.connect();
  const load = steadyLoad(user, topic);
  await reaches('websocket');
  proxy.set({ upgrades: 'refuse' });
  await reaches('sse');
  proxy.set({ upgrades: 'refuse', streams: 'buffer' });
  await reaches('poll');
  proxy.set({ upgrades: 'refuse' });
  await reaches('sse');
  proxy.set({ upgrades: 'swallow', streams: 'headers' });
  await reaches('poll');
  proxy.set({});
  await reaches('websocket');
  await load.stop();
  await eventually(() => total(shown) >= load.counts['@me'] + load.counts[topic]!, PATIENCE_MS);
  expect(shown).toEqual({ '@me': upTo(load.counts['@me']), [topic]: upTo(load.counts[topic]!) });
  expect(over).toEqual(expect.arrayContaining(['websocket', 'sse', 'poll']));
  expect(over.at(-1)).toBe('websocket');
  expect(client.state).toBe('connected');
  expect(errors.filter((error) => !error.startsWith('CLIENT_CONNECT_FAILED'))).toEqual([]);
}, 120_000);

it.each<[string, ProxyRules, (random: () => number) => number]>([
  ['WebSockets', {}, (random) => 1_000 + random() * 12_000],
  ['event streams', { upgrades: 'refuse' }, (random) => 1_000 + random() * 12_000],
  // An answer has to get through as a whole now and then.
  ['polls', { upgrades: 'refuse', broken: ['/v1/sse'] }, (random) => (random() < 0.3 ? random() * 500 : Infinity)],
])(
  'loses nothing where %s are cut anywhere, in the middle of a message too',
  async (_what, rules, cut) => {
    const random = dice(20_261_121);
    proxy.set(rules);
    const { user, topic } = await subscribed();
    const { client, shown } = await device(user);
    await client.connect();
    let cuts = 0;
    client.on('disconnected', () => (cuts += 1));
    proxy.set({ ...rules, cutAfterBytes: () => Math.floor(cut(random)) });
    const load = steadyLoad(user, topic);
    await eventually(() => cuts >= 6 && total(shown) > 150, 2 * PATIENCE_MS);
    await load.stop();
    proxy.set(rules);
    await eventually(() => total(shown) >= load.counts['@me'] + load.counts[topic]!, PATIENCE_MS);
    expect(shown).toEqual({ '@me': upTo(load.counts['@me']), [topic]: upTo(load.counts[topic]!) });
  },
  150_000,
);

describe.each<[TransportName, ProxyRules]>([
  ['websocket', {}],
  ['sse', { upgrades: 'refuse' }],
  ['poll', { upgrades: 'refuse', broken: ['/v1/sse'] }],
])('over %s', (transport, rules) => {
  it('what was handled is acknowledged: the next process begins behind it', async () => {
    proxy.set(rules);
    const { user } = await subscribed();
    const first = await device(user);
    await first.client.connect();
    expect(first.client.transport).toBe(transport);
    for (const n of [1, 2, 3]) await server.publish(user, { n });
    await eventually(() => first.handlers.done === 3);
    await first.client.close();
    await server.publish(user, { n: 4 });
    // Without its own cursors: all that is known is what the server was told.
    const second = await device(user);
    await second.client.connect();
    await eventually(() => total(second.shown) > 0);
    expect(second.shown).toEqual({ '@me': [4] });
  });

  it('read marks reach the other devices, and recalls and signals this one', async () => {
    proxy.set(rules);
    const { user } = await subscribed();
    const other = await device(user, 'other');
    const { client, shown } = await device(user);
    const heard: string[] = [];
    other.client.on('read', ({ s, seq, thread, unread }) => heard.push(`read ${s} ${seq} ${thread} ${unread}`));
    client.on('recall', ({ id }) => heard.push(`recall ${id}`));
    client.on('signal', ({ type }) => heard.push(`signal ${type}`));
    await Promise.all([client.connect(), other.client.connect()]);
    const id = await server.publish(user, { n: 1 }, { thread: 'room-7' });
    await server.publish(user, { n: 2 }, { thread: 'room-7' });
    await eventually(() => total(shown) === 2);
    client.markRead({ seq: 1, thread: 'room-7' });
    await eventually(() => heard.includes('read @me 1 room-7 1'));
    expect((await server.call('DELETE', `/v1/messages/${id}`)).status).toBeLessThan(300);
    await eventually(() => heard.includes(`recall ${id}`));
    await eventually(async () => {
      // Volatile: between two polls nobody hears it.
      await server.publish(user, { n: 0 }, { type: 'typing', options: { volatile: true } });
      return heard.includes('signal typing');
    });
    expect(heard.filter((line) => line.startsWith('recall'))).toHaveLength(1);
    expect(shown['@me']).toEqual([1, 2]);
  });
});

it('follows a topic over an event stream', async () => {
  proxy.set({ upgrades: 'refuse' });
  const { user } = await subscribed();
  const { client, shown } = await device(user);
  await client.connect();
  await client.follow('news');
  await server.publish(user, { n: 1 }, { to: { topics: ['news'] } });
  await eventually(() => total(shown) === 1);
  await expect(client.follow('forbidden')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  expect(client.transport).toBe('sse');
});

it('stays away when another installation takes the device over', async () => {
  const { user } = await subscribed();
  proxy.set({ upgrades: 'refuse' });
  const { client, shown } = await device(user);
  await client.connect();
  const rival = await device(user);
  await rival.client.connect();
  await eventually(() => client.state === 'closed');
  await server.publish(user, { n: 1 });
  await eventually(() => total(rival.shown) === 1);
  expect([shown, rival.client.state]).toEqual([{}, 'connected']);
});

it.each<[TransportName, ProxyRules]>([
  ['sse', { upgrades: 'refuse' }],
  ['poll', { upgrades: 'refuse', broken: ['/v1/sse'] }],
])('outlives a restart of the server over %s', async (transport, rules) => {
  proxy.set(rules);
  const { user } = await subscribed();
  const { client, shown } = await device(user);
  await client.connect();
  expect(client.transport).toBe(transport);
  await server.publish(user, { n: 1 });
  await eventually(() => total(shown) === 1);
  expect(await server.end()).toMatchObject({ code: 0 });
  server = await server.restart();
  await server.publish(user, { n: 2 });
  await eventually(() => total(shown) === 2, PATIENCE_MS);
  expect(shown).toEqual({ '@me': [1, 2] });
});
