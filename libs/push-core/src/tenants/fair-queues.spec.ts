import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ScriptedProvider, noHttp } from '../offline/scripted-provider.fixture.js';
import { EngineBench } from '../online/engine.fixture.js';
import type { SendResult } from '../providers/provider.js';
import { createMemoryStore } from '../store/memory/memory-store.js';
import { PolicyTable } from './tenants.fixture.js';

let bench: EngineBench;
let tenants: PolicyTable;
beforeEach(() => {
  bench = new EngineBench();
  tenants = new PolicyTable();
});
afterEach(() => bench.close());

const message = (user: string) => ({ to: { users: [user] }, type: 'x' });

/** A store that takes one transaction after the other; what each was about, by tenant. */
function watchedStore() {
  const store = createMemoryStore({ epoch: 'e1' });
  const transactions: string[][] = [];
  /** In which of them, from 0, a user was written to. */
  const placeOf = new Map<string, number>();
  const append = store.messages.append.bind(store.messages);
  store.messages.append = (requests) => {
    for (const { targets } of requests) placeOf.set(targets[0]?.stream ?? '', transactions.length);
    transactions.push(requests.map((one) => one.message.tenant));
    return append(requests);
  };
  return { store, transactions, placeOf };
}

describe('intake', () => {
  /** In which transaction a publish of `late` is, that comes after two thousand of `flood`. */
  async function placeOfLate(late: string, flood: string): Promise<number | undefined> {
    const { store, placeOf } = watchedStore();
    const push = await bench.engine({ store, tenants, limits: { commitBatch: 100 } });
    const all = Array.from({ length: 2000 }, (_, n) => push.publish(flood, message(`u${n}`)));
    all.push(push.publish(late, message('mine')));
    await bench.clock.settle();
    await Promise.all(all);
    return placeOf.get('@mine');
  }

  it('writes what another tenant publishes with the next transaction, whatever one tenant has waiting', async () => {
    expect(await placeOfLate('quiet', 'flood')).toBe(0);
  });

  it('would let it wait for all of that, were it the same tenant’s: order is kept', async () => {
    expect(await placeOfLate('flood', 'flood')).toBe(20);
  });

  it('fills transactions by weight', async () => {
    tenants.set('heavy', { weight: 3 });
    const { store, transactions } = watchedStore();
    const push = await bench.engine({ store, tenants, limits: { commitBatch: 1000 } });
    const all = Array.from({ length: 3000 }, (_, n) => [
      push.publish('light', message(`u${n}`)),
      push.publish('heavy', message(`u${n}`)),
    ]);
    await bench.clock.settle();
    await Promise.all(all.flat());
    const shares = transactions
      .slice(0, 3)
      .map((one) => one.filter((tenant) => tenant === 'heavy').length / one.length);
    for (const share of shares) expect(Math.abs(share - 0.75)).toBeLessThan(0.13);
  });

  it('refuses with OVERLOADED whoever fills its share of the queue, and nobody else', async () => {
    const push = await bench.engine({ limits: { intakeQueue: 100 } });
    const flood = Array.from({ length: 200 }, (_, n) => push.publish('flood', message(`u${n}`)));
    const others = ['a', 'b', 'c'].map((tenant) => push.publish(tenant, message('u')));
    const outcomes = Promise.allSettled([...flood, ...others]);
    await bench.clock.settle();
    const states = (await outcomes).map(({ status }) => status);
    expect(states.slice(0, 200).filter((one) => one === 'fulfilled')).toHaveLength(91);
    expect(states.slice(200)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    await expect(flood.at(-1)).rejects.toMatchObject({ code: 'OVERLOADED', retryable: true });
  });
});

describe('fan-out to long audiences', () => {
  const list = (count: number) => ({ to: { users: Array.from({ length: count }, (_, n) => `u${n}`) }, type: 'x' });

  function watchedPages() {
    const store = createMemoryStore({ epoch: 'e1' });
    const pages: Map<string, number>[] = [];
    const append = store.messages.append.bind(store.messages);
    store.messages.append = (requests) => {
      const some = requests.filter(({ when }) => when === 'page');
      if (some.length > 0) pages.push(new Map(some.map((one) => [one.message.tenant, one.targets.length])));
      return append(requests);
    };
    return { store, pages };
  }

  it('parts each step by weight', async () => {
    tenants.set('heavy', { weight: 3 });
    const { store, pages } = watchedPages();
    const push = await bench.engine({ store, tenants, limits: { fanOutPage: 20 } });
    const published = [push.publish('light', list(200)), push.publish('heavy', list(600))];
    await bench.clock.settle();
    await Promise.all(published);
    await bench.clock.advance(100);
    const both = pages.filter((one) => one.size === 2);
    expect(both.length).toBeGreaterThan(15);
    for (const one of both.slice(0, -1)) expect([one.get('light'), one.get('heavy')]).toEqual([10, 30]);
  });

  it('serves a tenant that comes last long before those at work are done, however many they are', async () => {
    const { store, pages } = watchedPages();
    const push = await bench.engine({ store, limits: { fanOutPage: 10 } });
    const crowd = Array.from({ length: 12 }, (_, n) => `crowd${n}`);
    const published = crowd.flatMap((tenant) => [1, 2, 3].map(() => push.publish(tenant, list(2000))));
    published.push(push.publish('quiet', list(20)));
    await bench.clock.settle();
    await Promise.all(published);
    await bench.clock.advance(1_000);
    const quiet = pages.findLastIndex((one) => one.has('quiet'));
    const all = pages.length;
    // 12 × 3 × 2000 targets in steps of 80: 900 of them; without turns it would be served after some 750.
    expect(all).toBeGreaterThan(850);
    expect(quiet).toBeGreaterThan(0);
    expect(quiet).toBeLessThan(60);
    const states = await store.messages.states(
      crowd.flatMap((tenant) => ['@u0', '@u1999'].map((stream) => ({ tenant, stream }))),
    );
    expect(states.map(({ head }) => head)).toEqual(states.map(() => 3));
  });
});

describe('notifications', () => {
  const note = (user: string, thread = 'room') => ({
    ...message(user),
    thread,
    notification: { title: 'Ann', body: 'Hi' },
  });

  async function setUp(inFlight: number) {
    const fcm = new ScriptedProvider('fcm', { batch: 1 });
    const never: (() => void)[] = [];
    fcm.otherwise = ({ address }) =>
      address.tenant.startsWith('slow')
        ? new Promise<SendResult>((resolve) => never.push(() => resolve({ kind: 'accepted' })))
        : { kind: 'accepted' };
    const push = await bench.engine({
      tenants,
      offline: { providers: [fcm], http: noHttp, inFlight, sendDeadlineMs: 60_000 },
      random: () => 0.5,
    });
    const ready = async (tenant: string, users: number) => {
      await push.notifications.putProvider(tenant, 'fcm', { project: 'p' });
      for (let n = 0; n < users; n++)
        await push.putDevice(
          { tenant, user: `u${n}`, device: 'd' },
          { platform: 'android', tokens: [{ provider: 'fcm', token: `${tenant}-${n}` }] },
        );
    };
    const published = async (all: readonly Promise<unknown>[]) => {
      await bench.clock.settle();
      await Promise.all(all);
    };
    const many = (tenant: string, count: number, users: number) =>
      Array.from({ length: count }, (_, n) => push.publish(tenant, note(`u${n % users}`, `room-${n}`)));
    const flood = (tenant: string, count: number, users: number) => published(many(tenant, count, users));
    const sentOf = (tenant: string) => fcm.sent.filter(({ address }) => address.tenant === tenant).length;
    return { push, fcm, ready, many, published, flood, sentOf, answer: () => never.splice(0).forEach((one) => one()) };
  }

  it('of a tenant whose provider does not answer leave room on the way for others’', async () => {
    const { ready, flood, sentOf, answer } = await setUp(100);
    await ready('slow', 20);
    await ready('t', 3);
    await flood('slow', 200, 20);
    await bench.clock.advance(2_000);
    await flood('t', 3, 3);
    await bench.clock.advance(2_000);
    expect(sentOf('t')).toBe(3);
    for (let round = 0; round < 300 && sentOf('slow') < 200; round++) {
      answer();
      await bench.clock.advance(250);
    }
    expect(sentOf('slow')).toBe(200);
    answer();
    await bench.clock.settle();
  });

  it('of many tenants are decided about in turns: one that is due last does not wait for all that others have', async () => {
    const { ready, many, published, fcm } = await setUp(1000);
    const crowd = Array.from({ length: 6 }, (_, n) => `crowd${n}`);
    for (const tenant of [...crowd, 'quiet']) await ready(tenant, 2);
    await published([...crowd.flatMap((tenant) => many(tenant, 100, 2)), ...many('quiet', 1, 1)]);
    await bench.clock.advance(30_000);
    const all = fcm.sent.map(({ address }) => address.tenant);
    expect(all).toHaveLength(601);
    // Three of each of them are looked at before it, at most; without turns it would be the last.
    expect(all.indexOf('quiet')).toBeLessThan(100);
  });

  it('of a suspended tenant wait, and go out when it is back', async () => {
    const { push, ready, flood, sentOf } = await setUp(1000);
    await ready('t', 1);
    await ready('other', 1);
    const suspend = async () => {
      tenants.set('t', { suspended: { at: 1 } });
      await push.tenantChanged('t');
    };
    const published = push.publish('t', { ...note('u0'), options: { sendAt: bench.clock.now() + 10_000 } });
    await bench.clock.settle();
    await published;
    const before = sentOf('t');
    await suspend();
    await flood('other', 1, 1);
    await bench.clock.advance(600_000);
    expect([sentOf('t'), sentOf('other')]).toEqual([before, 1]);
    tenants.set('t', {});
    await push.tenantChanged('t');
    await bench.clock.advance(10_000);
    expect(sentOf('t')).toBe(before + 1);
  });
});
