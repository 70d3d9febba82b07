import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InProcessBusHub } from '../cluster/in-process-bus.js';
import { EngineBench, type RecordingLink } from '../online/engine.fixture.js';
import type { PushOptions } from '../options.js';
import { createMemoryStore } from '../store/memory/memory-store.js';
import { PolicyTable } from './tenants.fixture.js';

const message = { to: { users: ['u1'] }, type: 'x' };

let bench: EngineBench;
let tenants: PolicyTable;
beforeEach(() => {
  bench = new EngineBench();
  tenants = new PolicyTable();
});
afterEach(() => bench.close());
const engine = (more: Partial<PushOptions> = {}) => bench.engine({ tenants, ...more });

describe('publishes of a tenant', () => {
  it.each([false, true])('have its own rate, batches too; others have the server’s: slow %s', async (isSlow) => {
    tenants.isSlow = isSlow;
    tenants.set('t', { publishesPerSecond: 2 });
    const push = await engine({ limits: { publishesPerSecond: 5 } });
    const sixteen = Array.from({ length: 16 }, () => message);
    const [own, other] = [push.publishBatch('t', sixteen), push.publishBatch('other', sixteen)];
    await bench.clock.settle();
    expect((await own).filter(({ ok }) => ok)).toHaveLength(6);
    expect((await other).filter(({ ok }) => ok)).toHaveLength(15);
    tenants.set('t', { publishesPerSecond: 100 });
    await push.tenantChanged('t');
    await expect(bench.publish(push, message)).resolves.toBeDefined();
  });

  it('name no more users and devices than it may', async () => {
    tenants.set('t', { recipientsPerMessage: 2 });
    const push = await engine();
    const devices = [{ user: 'u', device: 'd' }];
    await expect(
      bench.publish(push, { ...message, to: { users: ['a'], devices, topics: ['x', 'y'] } }),
    ).resolves.toBeDefined();
    await expect(bench.publish(push, { ...message, to: { users: ['a', 'b', 'c'] } })).rejects.toMatchObject({
      code: 'QUOTA_EXCEEDED',
      field: 'to.users',
      retryable: false,
    });
    await expect(bench.publish(push, { ...message, to: { users: ['a', 'b'], devices } })).rejects.toMatchObject({
      field: 'to',
    });
    expect(push.meters.dropped.get('recipients')).toBe(2);
  });

  it('end where its storage is used up, counted every ten seconds; signals go on', async () => {
    const store = createMemoryStore({ epoch: 'e1' });
    let counted = 0;
    const usage = store.messages.usage.bind(store.messages);
    store.messages.usage = (tenant) => {
      counted++;
      return usage(tenant);
    };
    tenants.set('t', { storedBytes: 500 });
    const push = await engine({ store });
    for (let n = 0; n < 5; n++) await bench.publish(push, { ...message, data: 'x'.repeat(200) });
    expect([counted, (await push.quota('t')).storedBytes]).toEqual([1, { limit: 500, used: 0 }]);
    await bench.clock.advance(10_000);
    // The first after that sets off the count, the next goes by it.
    await bench.publish(push, message);
    await expect(bench.publish(push, message)).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED', status: 403 });
    await expect(bench.publish(push, { ...message, options: { volatile: true } })).resolves.toBeDefined();
    expect(counted).toBe(2);
    expect((await push.quota('t')).storedBytes?.used).toBeGreaterThan(1000);
    tenants.set('t', { storedBytes: 5000 });
    await push.tenantChanged('t');
    await expect(bench.publish(push, message)).resolves.toBeDefined();
  });

  it('ask for its policy every two seconds at most, and not at all without a port', async () => {
    const push = await engine();
    for (let n = 0; n < 100; n++) await bench.publish(push, message);
    expect(tenants.asked).toBe(1);
    await bench.clock.advance(2_000);
    await bench.publish(push, message);
    expect(tenants.asked).toBe(2);
    tenants.set('t', { publishesPerSecond: 1 });
    await bench.clock.advance(5_000);
    await Promise.allSettled([1, 2, 3, 4].map(() => bench.publish(push, message)));
    expect(push.meters.dropped.get('publishes')).toBe(1);
  });

  it('go by what was known while the port is away; a tenant of which nothing is known has to come again', async () => {
    tenants.set('t', { recipientsPerMessage: 1 });
    const push = await engine();
    await bench.publish(push, message);
    tenants.away = true;
    await bench.clock.advance(60_000);
    await expect(bench.publish(push, message)).resolves.toBeDefined();
    await expect(bench.publish(push, { ...message, to: { users: ['a', 'b'] } })).rejects.toMatchObject({
      code: 'QUOTA_EXCEEDED',
    });
    await expect(push.publish('new', message)).rejects.toMatchObject({ code: 'INTERNAL', retryable: true });
  });
});

describe('connections of a tenant', () => {
  it('are as many as it may have', async () => {
    tenants.set('t', { connections: 2 });
    const push = await engine();
    await bench.connect(push, { token: 'a' });
    await bench.connect(push, { token: 'b' });
    const refused = await bench.connect(push, { token: 'c' });
    expect([refused.closed?.code, refused.of('error')[0]?.code]).toEqual([3004, 'RATE_LIMITED']);
    expect((await push.quota('t')).connections).toEqual({ limit: 2, used: 2 });
  });
});

describe('what is left of a tenant’s publishes', () => {
  it('is told, and comes back with time', async () => {
    tenants.set('t', { publishesPerSecond: 10 });
    const push = await engine();
    const left = async () => (await push.quota('t')).publishes;
    expect(await left()).toEqual({ limit: 30, windowMs: 3000, remaining: 30, resetMs: 0 });
    for (let n = 0; n < 5; n++) await bench.publish(push, message);
    expect(await left()).toEqual({ limit: 30, windowMs: 3000, remaining: 25, resetMs: 500 });
    await bench.clock.advance(200);
    expect(await left()).toMatchObject({ remaining: 27, resetMs: 300 });
  });
});

describe('a suspended tenant', () => {
  const suspend = (tenant = 't') => tenants.set(tenant, { suspended: { at: 1, reason: 'unpaid' } });

  it('is told so when it publishes or connects, and others are not', async () => {
    suspend();
    const push = await engine();
    await expect(bench.publish(push, message)).rejects.toMatchObject({
      code: 'TENANT_SUSPENDED',
      status: 403,
      retryable: false,
      message: 'This tenant is suspended: unpaid',
    });
    const link = await bench.connect(push);
    expect([link.closed?.code, link.of('error')[0]?.code]).toEqual([3502, 'TENANT_SUSPENDED']);
    await expect(push.identify({ token: 'u1' }, 'd')).rejects.toMatchObject({ code: 'TENANT_SUSPENDED' });
    await expect(push.issueTicket('u1', 'd')).rejects.toMatchObject({ code: 'TENANT_SUSPENDED' });
    const other = push.publish('other', message);
    await bench.clock.settle();
    await expect(other).resolves.toBeDefined();
  });

  it('loses its connections on every node within five seconds, at once where the nodes hear of it', async () => {
    const store = createMemoryStore({ epoch: 'e1' });
    const hub = new InProcessBusHub();
    const nodes = await Promise.all(
      [1, 2].map(() => engine({ store: createMemoryStore({ data: store.data }), bus: hub.join() })),
    );
    const deaf = await engine({ store: createMemoryStore({ data: store.data }) });
    const links: RecordingLink[] = [];
    for (const push of [...nodes, deaf]) links.push(await bench.connect(push, { device: `d${links.length}` }));
    suspend();
    await nodes[0]!.tenantChanged('t');
    await bench.clock.advance(10);
    expect(links.map(({ closed }) => closed?.code)).toEqual([3502, 3502, undefined]);
    await bench.clock.advance(5_000);
    expect(links[2]!.closed?.code).toBe(3502);
  });

  it('has its scheduled messages wait until it is back, however many are due before another’s', async () => {
    const push = await engine();
    const at = bench.clock.now() + 1_000;
    const later = (tenant: string) => {
      const published = push.publish(tenant, { ...message, options: { sendAt: at } });
      return bench.clock.settle().then(() => published);
    };
    for (let n = 0; n < 600; n++) await later('t');
    const { id } = await later('other');
    suspend();
    await push.tenantChanged('t');
    await bench.clock.advance(3_000);
    expect((await push.message('other', id)).state).not.toBe('scheduled');
    const inbox = () => push.inbox('t', 'u1', { limit: 500 });
    expect((await inbox()).head).toBe(0);
    tenants.set('t', {});
    await push.tenantChanged('t');
    await bench.clock.advance(2_000);
    expect((await inbox()).head).toBe(600);
  });
});

describe('retention', () => {
  it('goes by a tenant’s own time, shorter or longer', async () => {
    const unit = 6 * 60_000;
    tenants.set('short', { retentionMs: unit });
    tenants.set('long', { retentionMs: 10 * unit });
    const push = await engine({ retention: { maxAgeMs: 3 * unit, everyMs: 60_000 } });
    for (const tenant of ['short', 'long', 't']) {
      const published = push.publish(tenant, message);
      await bench.clock.settle();
      await published;
    }
    const firsts = async () =>
      Promise.all(['short', 'long', 't'].map(async (tenant) => (await push.inbox(tenant, 'u1')).first));
    const past = async (units: number) => {
      await bench.clock.advance(units * unit);
      return firsts();
    };
    expect(await past(0.5)).toEqual([1, 1, 1]);
    expect(await past(1)).toEqual([2, 1, 1]);
    expect(await past(2)).toEqual([2, 1, 2]);
    expect(await past(8)).toEqual([2, 2, 2]);
  });
});
