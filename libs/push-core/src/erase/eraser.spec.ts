import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Bus } from '../cluster/bus.js';
import { InProcessBusHub } from '../cluster/in-process-bus.js';
import { PushError } from '../errors.js';
import { EngineBench } from '../online/engine.fixture.js';
import type { Push } from '../push.js';
import { createMemoryStore, type MemoryStore } from '../store/memory/memory-store.js';
import type { Erased } from './erased.js';
import { ERASE_USER } from './erase-job.js';
import { ERASED_NAMES_KEPT_MS } from './erase-worker.js';

let bench: EngineBench;
let store: MemoryStore;
beforeEach(() => {
  bench = new EngineBench();
  store = createMemoryStore({ epoch: 'e1' });
});
afterEach(() => bench.close());

const NAME = 'canary-7f3a';
const toUser = { to: { users: [NAME] }, type: 'x', data: { text: 'hello' } };

/** Every map and set of the store that mentions the name. */
function mentions(): string[] {
  const show = (value: unknown): unknown => {
    if (value instanceof Map) return [...value].map((pair) => show(pair));
    if (value instanceof Set) return [...value].map(show);
    if (Array.isArray(value)) return value.map(show);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, show(one)]));
  };
  return Object.entries(store.data).flatMap(([part, value]) =>
    JSON.stringify(show(value) ?? null).includes(NAME) ? [part] : [],
  );
}

async function erase(push: Push, user = NAME): Promise<Erased> {
  let erased: Erased | undefined;
  const erasing = push.eraseUser('t', user).then((answer) => (erased = answer));
  for (let i = 0; i < 60 && !erased; i++) await bench.clock.advance(500);
  return erasing;
}

/** A device that has been sent something, and has signed for it a moment ago. */
async function busyDevice(push: Push, other = push): Promise<Awaited<ReturnType<EngineBench['connect']>>> {
  await push.putDevice(
    { tenant: 't', user: NAME, device: 'd1' },
    { platform: 'ios', tokens: [{ provider: 'apns', token: 'x' }] },
  );
  await push.subscribe('t', 'room', [NAME, 'ann']);
  const link = await bench.connect(other, { token: `${NAME}@1` });
  await bench.publish(push, toUser);
  await bench.publish(push, { to: { topics: ['room'], except: { users: [NAME] } }, type: 'x' });
  await bench.publish(push, { to: { users: ['ann', NAME] }, type: 'x' });
  // A node that hears nothing finds it when it looks.
  await bench.clock.advance(other === push ? 0 : 11_000);
  await link.say({ op: 'ack', s: '@me', seq: 2 }, { op: 'read', s: '@me', seq: 1 });
  return link;
}

describe('erasing a user', () => {
  it('leaves no mention of it, also of what was on its way to the store', async () => {
    const push = await bench.engine({ store });
    const link = await busyDevice(push);
    expect(mentions().length).toBeGreaterThan(8);
    const erased = await erase(push);
    expect(link.closed).toMatchObject({ code: 3502 });
    expect(erased).toMatchObject({
      finished: true,
      messages: 1,
      audiences: 2,
      entries: 2,
      devices: 1,
      subscriptions: 1,
    });
    expect(mentions()).toEqual([]);
    await bench.clock.advance(120_000);
    expect(mentions()).toEqual([]);
    expect(await push.inbox('t', 'ann')).toMatchObject({ head: 1 });
  });

  it('leaves none on another node either, though that hears of it late', async () => {
    const hub = new InProcessBusHub();
    const node = () => bench.engine({ store: createMemoryStore({ data: store.data }), bus: hub.join() });
    const here = await node();
    const bus = hub.join();
    const deaf: Bus = {
      open: (name) => bus.open(name),
      send: (to, hints) => bus.send(to, hints),
      broadcast: (hints) => bus.broadcast(hints),
      onHints: () => () => undefined,
      status: () => bus.status(),
      close: () => bus.close(),
    };
    const there = await bench.engine({ store: createMemoryStore({ data: store.data }), bus: deaf });
    const link = await busyDevice(here, there);
    const erased = await erase(here);
    expect([erased.finished, link.closed?.code]).toEqual([true, 3502]);
    await bench.clock.advance(120_000);
    expect(mentions()).toEqual([]);
  });

  it('refuses its older tokens, and takes newer ones', async () => {
    const push = await bench.engine({ store });
    await busyDevice(push);
    await erase(push);
    await expect(push.identify({ token: `${NAME}@1` }, 'd1')).rejects.toMatchObject({ code: 'REVOKED' });
    await push.identify({ token: `${NAME}@${bench.clock.now() + 1}` }, 'd1');
    await push.identify({ token: 'ann@1' }, 'd1');
  });

  it('lets it come back: from 1, in another epoch; a device that resumes is told reset, and gets all there is', async () => {
    const push = await bench.engine({ store });
    await busyDevice(push);
    await erase(push);
    for (let n = 1; n <= 3; n++) await bench.publish(push, toUser);
    const link = await bench.connect(push, {
      token: `${NAME}@${bench.clock.now()}`,
      resume: { '@me': { epoch: 'e1', seq: 2 } },
    });
    const [connected] = link.of('connected') as unknown as [{ streams: Record<string, Record<string, unknown>> }];
    expect(connected.streams['@me']).toMatchObject({ recovery: 'reset', head: 3, from: 0 });
    expect(connected.streams['@me']?.epoch).not.toBe('e1');
    expect(link.seqs).toEqual([1, 2, 3]);
    await link.say({ op: 'ack', s: '@me', seq: 3 });
    await bench.clock.advance(2000);
    const again = await bench.connect(push, { token: `${NAME}@${bench.clock.now()}` });
    expect(again.of('connected')).toMatchObject([{ streams: { '@me': { recovery: 'complete', from: 3 } } }]);
  });

  it('shows out who came back while it went on, for the stream is another one', async () => {
    const push = await bench.engine({ store });
    await busyDevice(push);
    const later = await bench.connect(push, { token: `${NAME}@${bench.clock.now() + 60_000}`, device: 'd2' });
    await erase(push);
    await bench.publish(push, toUser);
    expect(later.of('bye')).toMatchObject([{ code: 3000, reconnect: true }]);
  });

  it('goes on in the background where it takes long, and says so', async () => {
    const push = await bench.engine({ store });
    await busyDevice(push);
    const { step } = store.erase;
    let steps = 0;
    store.erase.step = async (given) =>
      ++steps < 200 ? { counts: { others: 1 }, next: 'more', isBusy: true } : step.call(store.erase, given);
    const erased = await erase(push);
    expect(erased.finished).toBe(false);
    expect(erased.others).toBeGreaterThan(50);
    expect(mentions()).not.toEqual([]);
    await bench.clock.advance(60_000);
    expect(mentions()).toEqual([]);
    expect(await store.jobs.pending(ERASE_USER)).toBe(0);
  });

  it('is finished by a worker where it was cut off', async () => {
    const push = await bench.engine({ store });
    await busyDevice(push);
    const { step } = store.erase;
    store.erase.step = () => Promise.reject(new PushError('STORE_UNAVAILABLE', 'gone'));
    await expect(erase(push)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    store.erase.step = step;
    await bench.clock.advance(40_000);
    expect(mentions()).toEqual([]);
  });

  it('forgets the digest of the name when no token of before can live any more', async () => {
    const push = await bench.engine({ store });
    const job = { tenant: 't', kind: ERASE_USER, id: 'old' };
    await store.erase.end({ tenant: 't', user: 'old', at: bench.clock.now() - ERASED_NAMES_KEPT_MS - 1, job });
    await erase(push);
    expect(store.data.revocations.size).toBe(2);
    await bench.clock.advance(6000);
    expect([...store.data.revocations.values()].map(({ at }) => at > bench.clock.now() - 60_000)).toEqual([true]);
  });

  it('takes a name that no user can have for a mistake', async () => {
    const push = await bench.engine({ store });
    await expect(push.eraseUser('t', 'a b')).rejects.toMatchObject({ code: 'INVALID', field: 'user' });
  });
});

describe('erasing a tenant', () => {
  it('leaves no mention of it, and shows its devices out', async () => {
    const push = await bench.engine({ store });
    const link = await busyDevice(push);
    let erased: Erased | undefined;
    void push.eraseTenant('t').then((answer) => (erased = answer));
    await bench.clock.advance(1500);
    expect(erased).toMatchObject({ finished: true, messages: 3, devices: 1 });
    expect(link.closed).toBeDefined();
    expect(mentions()).toEqual([]);
  });
});
