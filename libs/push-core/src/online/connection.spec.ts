import { createPush } from '../create-push.js';
import type { PushOptions } from '../options.js';
import type { Push } from '../push.js';
import { createMemoryStore } from '../store/memory/memory-store.js';
import { ManualClock } from '../testing/manual-clock.js';
import type { LinkHandler } from '../transports/transport.js';
import { RecordingLink } from './engine.fixture.js';

const clock = new ManualClock();
const engines: Push[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) {
    const closing = engine.close();
    await clock.advance(10_000);
    await closing;
  }
});

async function engine(more: Partial<PushOptions> = {}): Promise<Push> {
  const push = createPush({
    clock,
    store: createMemoryStore({ epoch: 'e1' }),
    authenticator: {
      authenticate: (token) =>
        Promise.resolve({ kind: 'valid', identity: { tenant: 't', user: token, expiresAt: clock.now() + 3_600_000 } }),
    },
    ...more,
  });
  engines.push(push);
  await push.start();
  return push;
}

async function connect(
  push: Push,
  frame: Record<string, unknown> = {},
): Promise<RecordingLink & { say(frame: unknown): Promise<void>; handler: LinkHandler }> {
  const link = new RecordingLink(clock);
  const handler = push.accept(link);
  const say = async (one: unknown): Promise<void> => {
    handler.received(typeof one === 'string' ? one : JSON.stringify(one));
    await clock.settle();
  };
  await say({ op: 'connect', token: 'u1', device: 'd1', ...frame });
  return Object.assign(link, { say, handler });
}

async function publish(push: Push, count: number, more: object = {}): Promise<void> {
  const all = Promise.all(
    Array.from({ length: count }, (_, n) => push.publish('t', { to: { users: ['u1'] }, type: 'x', data: n, ...more })),
  );
  await clock.settle();
  await all;
}

test('what is published together leaves in one write, in order', async () => {
  const push = await engine();
  const link = await connect(push);
  const before = link.writes;
  await publish(push, 5);
  expect(link.seqs).toEqual([1, 2, 3, 4, 5]);
  expect(link.writes).toBe(before + 1);
});

test('no more than the window is outstanding, and acknowledgements make room', async () => {
  const push = await engine();
  const link = await connect(push, { window: 2 });
  await publish(push, 5);
  expect(link.seqs).toEqual([1, 2]);
  await link.say({ op: 'ack', s: '@me', seq: 2 });
  expect(link.seqs).toEqual([1, 2, 3, 4]);
});

test('what is not acknowledged within 10 s is sent again, and a stubborn client is closed as slow', async () => {
  const push = await engine();
  const link = await connect(push);
  await publish(push, 2);
  await clock.advance(9_000);
  expect(link.seqs).toEqual([1, 2]);
  await clock.advance(2_000);
  expect(link.seqs).toEqual([1, 2, 1, 2]);
  await link.say({ op: 'ack', s: '@me', seq: 1 });
  await clock.advance(11_000);
  expect(link.seqs).toEqual([1, 2, 1, 2, 2]);
  for (let n = 0; n < 4; n++) {
    link.handler.alive();
    await clock.advance(20_000);
  }
  expect(link.closed?.code).toBe(3001);
});

test('an acknowledgement of a first copy counts after the entry was queued to be sent again', async () => {
  const push = await engine();
  const link = await connect(push, { window: 1 });
  await publish(push, 2);
  link.buffered = 1e7;
  await clock.advance(5_000);
  await link.say({ op: 'ack', s: '@me', seq: 1 });
  expect(link.closed).toBeUndefined();
});

test('an acknowledgement beyond what was sent closes with 3504', async () => {
  const push = await engine();
  const link = await connect(push, { window: 1 });
  await publish(push, 2);
  await link.say({ op: 'ack', s: '@me', seq: 2 });
  expect(link.closed?.code).toBe(3504);
});

test('a device continues after its stored cursor, without resume', async () => {
  const push = await engine();
  const first = await connect(push);
  await publish(push, 3);
  await first.say({ op: 'ack', s: '@me', seq: 2 });
  first.handler.closed();
  const second = await connect(push);
  expect(second.of('connected')[0]?.streams).toEqual({
    '@me': { epoch: 'e1', head: 3, from: 2, recovery: 'complete' },
  });
  expect(second.seqs).toEqual([3]);
});

test('a device never seen begins at the head; one seen misses nothing', async () => {
  const push = await engine();
  await publish(push, 2);
  const first = await connect(push);
  expect(first.seqs).toEqual([]);
  first.handler.closed();
  await publish(push, 1);
  expect((await connect(push)).seqs).toEqual([3]);
});

test('a newer connection of the same device replaces the older', async () => {
  const push = await engine();
  const older = await connect(push);
  const other = await connect(push, { device: 'd2' });
  await connect(push);
  expect(older.closed?.code).toBe(3003);
  expect(older.of('bye')[0]).toMatchObject({ code: 3003, reconnect: false });
  expect(other.closed).toBeUndefined();
});

test('a client that says nothing is closed after 10 s, one that says something else first too', async () => {
  const push = await engine();
  const silent = new RecordingLink(clock);
  push.accept(silent);
  await clock.advance(11_000);
  expect(silent.closed?.code).toBe(3504);
  const rude = new RecordingLink(clock);
  push.accept(rude).received('{"op":"ping"}');
  expect(rude.closed?.code).toBe(3504);
});

test('a quiet link is pinged, and closed when it does not answer', async () => {
  const push = await engine();
  const link = await connect(push);
  await clock.advance(26_000);
  expect(link.pings).toBe(1);
  link.handler.alive();
  await clock.advance(27_000);
  expect(link.pings).toBe(2);
  expect(link.closed).toBeUndefined();
  await clock.advance(12_000);
  expect(link.closed?.code).toBe(3002);
});

test('a token that expires ends the connection with 3501', async () => {
  const push = await engine();
  const link = await connect(push);
  for (let minute = 0; minute < 61 && !link.closed; minute++) {
    link.handler.alive();
    await clock.advance(20_000);
    link.handler.alive();
    await clock.advance(20_000);
    link.handler.alive();
    await clock.advance(20_000);
  }
  expect(link.closed?.code).toBe(3501);
});

test('a congested socket gets nothing more, and is closed when it stays so', async () => {
  const push = await engine();
  const link = await connect(push);
  link.buffered = 1e7;
  await publish(push, 3);
  expect(link.seqs).toEqual([]);
  link.buffered = 0;
  link.handler.drained();
  expect(link.seqs).toEqual([1, 2, 3]);
  link.buffered = 1e7;
  await publish(push, 1);
  await clock.advance(17_000);
  expect(link.closed?.code).toBe(3001);
});

test('a large window hands no more than its bytes to a socket that takes nothing', async () => {
  const push = await engine();
  const link = await connect(push, { window: 1024 });
  let handed = 0;
  const send = link.send.bind(link);
  link.send = (frames) => {
    send(frames);
    for (const { text } of frames) handed += text.length;
    link.buffered = handed;
  };
  await publish(push, 100, { data: 'x'.repeat(60_000) });
  expect(handed).toBeLessThan(256 * 1024 + 2 * 128 * 1024);
  while (link.seqs.length < 100) {
    link.buffered = handed = 0;
    const before = link.seqs.length;
    link.handler.drained();
    await clock.settle();
    expect(link.seqs.length).toBeGreaterThan(before);
  }
});

test('frames that arrive before the admission are held in order, and bounded', async () => {
  const push = await engine();
  const link = new RecordingLink(clock);
  const handler = push.accept(link);
  handler.received('{"op":"connect","token":"u1","device":"d1"}\n{"op":"ping"}');
  await clock.settle();
  expect(link.frames.map((frame) => frame.op)).toEqual(['connected', 'pong']);
  const flood = new RecordingLink(clock);
  const flooded = push.accept(flood);
  flooded.received('{"op":"connect","token":"u1","device":"d2"}');
  for (let n = 0; n < 65; n++) flooded.received('{"op":"ping"}');
  expect(flood.closed?.code).toBe(3504);
});

test.each([['not json'], ['[]'], ['7'], ['""'], [''], ['{"op":"ping"}\n{']])(
  'garbage %j closes with 3503',
  async (garbage) => {
    const push = await engine();
    const link = await connect(push);
    await link.say(garbage);
    expect(link.closed?.code).toBe(3503);
  },
);

test.each([
  [{ op: 'fly' }, 'UNKNOWN_OP', 'op'],
  [{ op: 'ack', s: '@me' }, 'INVALID', 'seq'],
  [{ op: 'ack', s: '@me', seq: -1 }, 'INVALID', 'seq'],
  [{ op: 'ack', s: '@me', seq: 1.5 }, 'INVALID', 'seq'],
  [{ op: 'ack', s: 'other', seq: 1 }, 'NOT_FOUND', 's'],
  [{ op: 'ping', extra: 1 }, 'UNKNOWN_FIELD', 'extra'],
  [{ op: 'follow', s: '@u2' }, 'INVALID', 's'],
  [{ op: 'follow', s: 'news' }, 'NOT_ALLOWED', 's'],
])('%j is answered with %s and the connection stays', async (frame, code, field) => {
  const push = await engine();
  const link = await connect(push);
  await link.say(frame);
  expect(link.of('error')).toMatchObject([{ code, field }]);
  expect(link.closed).toBeUndefined();
});

test('every seq is accounted for by one of push, skip and gap', async () => {
  const push = await engine({ retention: { maxEntries: 6, everyMs: 1000 } });
  const seen = await connect(push);
  seen.handler.closed();
  await publish(push, 4);
  await publish(push, 2, { to: { users: ['u1'], except: { devices: [{ user: 'u1', device: 'd1' }] } } });
  await publish(push, 2, { options: { ttl: 1 } });
  await publish(push, 1);
  await clock.advance(2_000);
  const link = await connect(push);
  expect(link.frames.slice(1).map(({ op, seq, from, to, reason }) => [op, seq ?? [from, to], reason])).toEqual([
    ['gap', [1, 3], 'retention'],
    ['push', 4, undefined],
    ['skip', [5, 6], 'excluded'],
    ['skip', [7, 8], 'expired'],
    ['push', 9, undefined],
  ]);
  expect(link.of('connected')[0]?.streams).toMatchObject({ '@me': { recovery: 'gap', lost: { from: 1, to: 3 } } });
});

test('a user who joins a topic again does not see what was said meanwhile', async () => {
  const push = await engine();
  const to = { to: { topics: ['club'] } };
  const link = await connect(push);
  const subscribe = async () => {
    const done = push.subscribe('t', 'club', ['u1']);
    await clock.settle();
    await done;
  };
  await subscribe();
  await publish(push, 1, to);
  await link.say({ op: 'ack', s: 'club', seq: 1 });
  const leaving = push.unsubscribe('t', 'club', ['u1']);
  await clock.settle();
  await leaving;
  await publish(push, 2, to);
  await subscribe();
  await publish(push, 1, to);
  expect(link.frames.slice(1).map(({ op, seq, from, to: until }) => [op, seq ?? [from, until]])).toEqual([
    ['followed', [0, undefined]],
    ['push', 1],
    ['unfollowed', [undefined, undefined]],
    ['followed', [1, undefined]],
    ['skip', [2, 3]],
    ['push', 4],
  ]);
});

test('a scheduled message is delivered when it is due, not before', async () => {
  const push = await engine();
  const link = await connect(push);
  await publish(push, 1, { options: { sendAt: clock.now() + 5_000 } });
  await clock.advance(4_000);
  expect(link.seqs).toEqual([]);
  await clock.advance(2_000);
  expect(link.seqs).toEqual([1]);
});

test('at drain every client is told when to come back, and nothing new is taken', async () => {
  const push = await engine();
  const link = await connect(push);
  const draining = push.drain();
  await clock.settle();
  await draining;
  expect(link.of('bye')[0]).toMatchObject({ code: 3000, reconnect: true, afterMs: expect.any(Number) as number });
  await expect(push.publish('t', { to: { users: ['u1'] }, type: 'x' })).rejects.toMatchObject({
    code: 'DRAINING',
    retryable: true,
  });
});
