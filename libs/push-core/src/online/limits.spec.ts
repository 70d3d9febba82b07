import { InProcessBusHub } from '../cluster/in-process-bus.js';
import { createMemoryStore } from '../store/memory/memory-store.js';
import { DEFAULT_LIMITS } from '../options.js';
import { EngineBench, type RecordingLink } from './engine.fixture.js';

const bench = new EngineBench();
afterEach(() => bench.close());
const message = { to: { users: ['u1'] }, type: 'x' };
const flood = (frames: number) => Array.from({ length: frames }, () => ({ op: 'ping' }));

describe('rates', () => {
  it('warns a connection that sends too many frames, saying when to come back, then closes it', async () => {
    const push = await bench.engine({ limits: { framesPerSecond: 10 } });
    const link = await bench.connect(push);
    await link.say(...flood(30));
    expect(link.of('error')).toEqual([expect.objectContaining({ code: 'RATE_LIMITED', afterMs: expect.any(Number) })]);
    expect(link.closed).toBeUndefined();
    await link.say(...flood(40));
    expect(link.closed?.code).toBe(3004);
    expect(link.of('bye')[0]).toMatchObject({ reconnect: true, afterMs: expect.any(Number) });
    expect(push.meters.dropped.get('frames')).toBeGreaterThan(0);
  });

  it('lets acknowledgements pass that move a cursor, however many, and not those that say nothing', async () => {
    const push = await bench.engine({ limits: { framesPerSecond: 10 } });
    const link = await bench.connect(push);
    for (let i = 0; i < 100; i++) await bench.publish(push, message);
    for (let seq = 1; seq <= 100; seq++) await link.say({ op: 'ack', s: '@me', seq });
    expect(link.frames.filter((one) => one.op === 'error')).toEqual([]);
    for (let i = 0; i < 80; i++) await link.say({ op: 'ack', s: '@me', seq: 1 });
    expect(link.closed?.code).toBe(3004);
  });

  it('does not charge one user for the connects of others', async () => {
    const push = await bench.engine({ limits: { userFramesPerSecond: 5 } });
    for (let n = 0; n < 40; n++) {
      const link = await bench.connect(push, { token: `u${n}` });
      expect(link.of('connected')).toHaveLength(1);
    }
  });

  it('holds the connections of one user together to a rate', async () => {
    const push = await bench.engine({ limits: { userFramesPerSecond: 10 } });
    const links: RecordingLink[] = [];
    for (let i = 0; i < 5; i++) links.push(await bench.connect(push, { device: `d${i}` }));
    const other = await bench.connect(push, { token: 'u2' });
    for (const link of links) await link.say(...flood(10));
    await other.say(...flood(10));
    expect(links.flatMap((link) => link.of('error')).length).toBe(20);
    expect(other.of('pong')).toHaveLength(10);
    expect(push.meters.dropped.get('user_frames')).toBe(20);
  });

  it('refuses publishes of one tenant beyond its rate, another tenant goes on', async () => {
    const push = await bench.engine({ limits: { publishesPerSecond: 5 } });
    const many = Array.from({ length: 20 }, () => message);
    const [mine, theirs] = [push.publishBatch('t', many), push.publishBatch('other', many.slice(0, 5))];
    await bench.clock.settle();
    const refused = (await mine).filter((one) => !one.ok);
    expect(refused).toHaveLength(5);
    expect(refused[0]).toMatchObject({ error: { code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) } });
    expect((await theirs).every((one) => one.ok)).toBe(true);
    await bench.clock.advance(4_000);
    await expect(bench.publish(push, message)).resolves.toBeDefined();
  });
});

describe('numbers of connections', () => {
  it('has a limit a user, that a device replacing its own link does not meet', async () => {
    const push = await bench.engine({ limits: { connectionsPerUser: 2 } });
    await bench.connect(push, { device: 'a' });
    await bench.connect(push, { device: 'b' });
    const c = await bench.connect(push, { device: 'c' });
    expect(c.closed?.code).toBe(3004);
    expect(c.of('error')[0]).toMatchObject({ code: 'RATE_LIMITED', afterMs: expect.any(Number) });
    const again = await bench.connect(push, { device: 'a' });
    expect(again.closed).toBeUndefined();
    expect((await bench.connect(push, { token: 'u2' })).closed).toBeUndefined();
  });

  it('has a limit a tenant, an address, and for links that say nothing yet; each is free again after', async () => {
    const limits = { connectionsPerTenant: 3, connectionsPerAddress: 2, unauthenticated: 2 };
    const push = await bench.engine({ limits });
    const here = { address: '10.0.0.1' };
    const [a, b] = [bench.link(push, here), bench.link(push, here)];
    expect(push.refusal('10.0.0.2')).toMatchObject({ code: 'OVERLOADED', retryAfterMs: expect.any(Number) });
    for (const [link, user] of [
      [a, 'a'],
      [b, 'b'],
    ] as const)
      await link.say({ op: 'connect', token: user, device: 'd' });
    expect(push.refusal('10.0.0.2')).toBeUndefined();
    expect(push.refusal('10.0.0.1')).toMatchObject({ code: 'RATE_LIMITED' });
    expect(bench.link(push, here).closed?.code).toBe(3004);
    await bench.connect(push, { token: 'c' });
    expect((await bench.connect(push, { token: 'd' })).closed?.code).toBe(3004);
    a.handler.closed();
    expect(push.refusal('10.0.0.1')).toBeUndefined();
    expect((await bench.connect(push, { token: 'd' })).closed).toBeUndefined();
  });

  it('counts every end once: nothing is left when all are gone', async () => {
    const push = await bench.engine();
    const links = [bench.link(push, { address: 'x' }), await bench.connect(push, {}, { address: 'x' })];
    links.push(await bench.connect(push, { token: 'nobody' }, { address: 'x' }));
    for (const link of links) {
      link.handler.closed();
      link.handler.closed();
    }
    expect(push.status().connections).toBe(0);
    expect([...push.meters.connections.values()]).toEqual([0]);
    const strict = Array.from({ length: DEFAULT_LIMITS.unauthenticated }, () => push.refusal('x'));
    expect(strict.every((one) => one === undefined)).toBe(true);
  });
});

it('closes who has been stalled longest when all sockets together hold too much', async () => {
  const push = await bench.engine({ limits: { bufferedBytes: 1_000_000, congestedBytes: 300_000 } });
  const links: RecordingLink[] = [];
  for (let i = 0; i < 5; i++) links.push(await bench.connect(push, { token: `u${i}` }));
  for (const [i, link] of links.slice(0, 4).entries()) {
    link.buffered = 300_000;
    await bench.publish(push, { to: { users: [`u${i}`] }, type: 'x' });
    await bench.clock.advance(1_000);
  }
  expect(links.map((link) => link.closed?.code)).toEqual([3001, undefined, undefined, undefined, undefined]);
  await bench.publish(push, { to: { users: ['u4'] }, type: 'x' });
  expect(links[4]?.seqs).toEqual([1]);
});

it('counts a stall from its beginning, though others made room in between', async () => {
  const push = await bench.engine({ limits: { bufferedBytes: 1_000_000, congestedBytes: 300_000 } });
  const links: RecordingLink[] = [];
  for (let i = 0; i < 4; i++) links.push(await bench.connect(push, { token: `u${i}` }));
  const holds = async (at: number, bytes: number) => {
    (links[at] as RecordingLink).buffered = bytes;
    await bench.publish(push, { to: { users: [`u${at}`] }, type: 'x' });
  };
  await holds(3, 900_000);
  (links[0] as RecordingLink).buffered = 200_000;
  await bench.clock.advance(1_000);
  const codes = () => links.map((link) => link.closed?.code);
  expect(codes()).toEqual([undefined, undefined, undefined, 3001]);
  // It is still counted as too much, so the first one has to wait, until the next look at all of them.
  await holds(0, 200_000);
  expect(links[0]?.seqs).toEqual([]);
  await bench.clock.advance(2_000);
  expect(links[0]?.seqs).toEqual([1]);

  await holds(1, 300_000);
  await bench.clock.advance(1_000);
  await holds(0, 300_000);
  await holds(2, 500_000);
  await bench.clock.advance(1_000);
  expect(codes()).toEqual([3001, undefined, undefined, 3001]);
});

describe('a link that cannot say anything twice', () => {
  it('is closed after a minute without an acknowledgement, and the entries come with the next one', async () => {
    const push = await bench.engine();
    const link = await bench.connect(push);
    link.resends = 'on return';
    await bench.publish(push, message);
    for (let tenSeconds = 0; tenSeconds < 6; tenSeconds++) {
      await bench.clock.advance(10_000);
      link.handler.alive();
    }
    expect(link.closed).toBeUndefined();
    await bench.clock.advance(11_000);
    expect(link.seqs).toEqual([1]);
    expect(link.closed?.code).toBe(3001);
    expect((await bench.connect(push)).seqs).toEqual([1]);
  });

  it('has no window where it acknowledges on return', async () => {
    const push = await bench.engine();
    const identity = { tenant: 't', user: 'u1' };
    const link = bench.link(push, { identity, connect: { device: 'd1', window: Infinity } });
    await bench.clock.settle();
    for (let i = 0; i < 3_000; i++) void push.publish('t', message);
    await bench.clock.settle();
    expect(link.seqs).toEqual(Array.from({ length: 3_000 }, (_, i) => i + 1));
  });
});

describe('revocation', () => {
  it('closes what is connected, on every node, and refuses tokens issued before', async () => {
    const hub = new InProcessBusHub();
    const shared = createMemoryStore({ epoch: 'e1' });
    const [a, b] = [
      await bench.engine({ store: createMemoryStore({ data: shared.data }), bus: hub.join() }),
      await bench.engine({ store: createMemoryStore({ data: shared.data }), bus: hub.join() }),
    ];
    const old = `u1@${bench.clock.now()}`;
    await bench.clock.advance(1_000);
    const here = await bench.connect(a, { token: old });
    const there = await bench.connect(b, { token: old, device: 'd2' });
    const other = await bench.connect(b, { token: 'u2' });
    await bench.clock.advance(1_000);
    await a.disconnect('t', 'u1');
    await bench.clock.settle();
    expect([here.closed?.code, there.closed?.code, other.closed]).toEqual([3502, 3502, undefined]);
    expect((await bench.connect(b, { token: old })).closed?.code).toBe(3502);
    expect((await bench.connect(b, { token: 'u1' })).closed?.code).toBe(3502);
    expect((await bench.connect(b, { token: `u1@${bench.clock.now()}` })).closed).toBeUndefined();
  });

  it('closes live links within 5 s where no hint arrives', async () => {
    const shared = createMemoryStore({ epoch: 'e1' });
    const [a, b] = [
      await bench.engine({ store: createMemoryStore({ data: shared.data }) }),
      await bench.engine({ store: createMemoryStore({ data: shared.data }) }),
    ];
    const there = await bench.connect(b, { token: `u1@${bench.clock.now()}` });
    await bench.clock.advance(10);
    await a.disconnect('t', 'u1');
    await bench.clock.advance(5_000);
    expect(there.closed?.code).toBe(3502);
  });
});

describe('tickets', () => {
  it('stand for their token once, and for 30 s', async () => {
    const push = await bench.engine();
    const { ticket, expiresAt } = await push.issueTicket('u1', 'd1');
    expect(expiresAt - bench.clock.now()).toBe(30_000);
    expect(await push.identify({ ticket })).toMatchObject({ identity: { tenant: 't', user: 'u1' }, device: 'd1' });
    await expect(push.identify({ ticket })).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    const late = await push.issueTicket('u1');
    await bench.clock.advance(30_000);
    await expect(push.identify({ ticket: late.ticket }, 'd1')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('are bound to their device, and die with a revocation', async () => {
    const push = await bench.engine();
    const { ticket } = await push.issueTicket('u1', 'd1');
    await expect(push.identify({ ticket }, 'd2')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    const other = await push.issueTicket('u1', 'd1');
    await push.disconnect('t', 'u1');
    await expect(push.identify({ ticket: other.ticket })).rejects.toMatchObject({ code: 'REVOKED' });
    await expect(push.identify({ ticket: 'x'.repeat(1000) }, 'd1')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    await expect(push.issueTicket('nobody')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });
});

describe('an acknowledgement beside the link', () => {
  it('moves the cursor of the live link, or the stored one', async () => {
    const push = await bench.engine();
    const device = { tenant: 't', user: 'u1', device: 'd1' };
    const link = await bench.connect(push, { window: 1 });
    await bench.publish(push, message);
    await bench.publish(push, message);
    await push.acknowledge(device, '@me', 1);
    expect(link.seqs).toEqual([1, 2]);
    await expect(push.acknowledge(device, '@me', 3)).rejects.toMatchObject({ code: 'INVALID', field: 'seq' });
    link.handler.closed();
    const next = await bench.connect(push, { window: 1, resume: { '@me': 'start' } });
    await push.acknowledge(device, '@me', 2);
    expect(next.closed).toBeUndefined();
    next.handler.closed();
    await push.acknowledge(device, '@me', 1);
    await expect(push.acknowledge(device, '@me', 3)).rejects.toMatchObject({ code: 'INVALID' });
    await expect(push.acknowledge(device, 'news', 0)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await bench.connect(push)).seqs).toEqual([]);
  });

  it('is what a resume beyond the stored cursor stands for', async () => {
    const push = await bench.engine();
    const signed: number[] = [];
    push.on('delivered', ({ from, to }) => signed.push(from, to));
    const link = await bench.connect(push);
    for (let i = 0; i < 3; i++) await bench.publish(push, message);
    link.handler.closed();
    await bench.connect(push, { resume: { '@me': { epoch: 'e1', seq: 2 } } });
    expect(signed).toEqual([1, 2]);
  });
});

describe('a link that brings its own connect', () => {
  const identity = { tenant: 't', user: 'u1' };

  it('is told nothing before accept has returned, then that it is connected', async () => {
    const push = await bench.engine();
    const link = bench.link(push, { identity, connect: { device: 'd1', follow: ['news'] } });
    expect(link.frames).toEqual([]);
    await bench.clock.settle();
    expect(link.frames.map((one) => one.op)).toEqual(['connected', 'error']);
    expect(link.of('error')[0]).toMatchObject({ code: 'NOT_ALLOWED', field: 'resume.news' });
    await link.say({ op: 'connect', device: 'd1' });
    expect(link.closed?.code).toBe(3504);
  });

  it('follows the topics it asks for as far as it may, and still does on the next link', async () => {
    const push = await bench.engine();
    const may = { ...identity, topics: ['news.*'] };
    const link = bench.link(push, { identity: may, connect: { device: 'd1', follow: ['news.a'] } });
    await bench.clock.settle();
    expect(Object.keys(link.of('connected')[0]?.streams as object)).toEqual(['@me', 'news.a']);
    const next = bench.link(push, { identity: may, connect: { device: 'd1' } });
    await bench.clock.settle();
    expect(Object.keys(next.of('connected')[0]?.streams as object)).toEqual(['@me', 'news.a']);
  });

  it('is refused after accept has returned where the node drains', async () => {
    const push = await bench.engine();
    const draining = push.drain();
    const link = bench.link(push, { identity, connect: { device: 'd1' } });
    expect(link.closed).toBeUndefined();
    await bench.clock.settle();
    expect(link.closed?.code).toBe(3000);
    expect(push.refusal()).toMatchObject({ code: 'DRAINING' });
    await bench.clock.advance(10_000);
    await draining;
  });
});
