import type { PushClientEvents } from './events.js';
import { info, push, pushes } from './testing/fake-server.js';
import { harness } from './testing/harness.js';
import { settled } from './testing/manual-clock.js';

describe('read marks', () => {
  it('are said at once, for a thread or a whole stream', async () => {
    const { greet, client } = harness();
    const socket = await greet();
    client.markRead({ seq: 42, thread: 'room-7' });
    client.markRead({ s: 'news', seq: 7 });
    expect(socket.of('read')).toEqual([
      { op: 'read', s: '@me', seq: 42, thread: 'room-7' },
      { op: 'read', s: 'news', seq: 7 },
    ]);
  });

  it('wait for a connection, the newest of each thread', async () => {
    const { greet, client } = harness();
    client.markRead({ seq: 3, thread: 'a' });
    client.markRead({ seq: 4, thread: 'b' });
    client.markRead({ seq: 5, thread: 'a' });
    const socket = await greet();
    expect(socket.of('read').map(({ thread, seq }) => `${thread}:${seq}`)).toEqual(['b:4', 'a:5']);
  });

  it('are said again where the connection broke soon after, and not when they had time to arrive', async () => {
    const { greet, client, clock, server } = harness();
    await greet();
    client.markRead({ seq: 1, thread: 'old' });
    await clock.advance(25_000);
    server.last.say({ op: 'pong' });
    await clock.advance(25_000);
    server.last.say({ op: 'pong' });
    await clock.advance(11_000);
    client.markRead({ seq: 2, thread: 'fresh' });
    server.last.drop();
    await clock.advance(500);
    expect((await greet()).of('read').map(({ thread }) => thread)).toEqual(['fresh']);
  });

  it('do not pile up', async () => {
    const { greet, client } = harness();
    for (let at = 0; at < 1_000; at += 1) client.markRead({ seq: 1, thread: `t${at}` });
    expect((await greet()).of('read')).toHaveLength(256);
  });

  it.each([0, -1, 1.5, NaN, Infinity])('refuse the seq %p', (seq) => {
    expect(() => harness().client.markRead({ seq })).toThrow(expect.objectContaining({ code: 'CLIENT_BAD_MARK' }));
  });

  it('of other devices, and signals, become events', async () => {
    const { greet, client } = harness();
    const heard: unknown[] = [];
    for (const event of ['read', 'signal'] as const) client.on(event, (frame) => heard.push(frame));
    const read = { op: 'read', s: '@me', seq: 42, thread: 'room-7', unread: 3 } as const;
    const signal = { op: 'signal', type: 'typing', thread: 'room-7', data: { on: true } } as const;
    (await greet()).say(read, signal);
    expect(heard).toEqual([read, signal]);
  });
});

describe('a recall', () => {
  const recall = (seq: number, s = '@me') => ({ op: 'recall', s, seq, id: `m${seq}` }) as const;

  function listened(listen = true) {
    const made = harness({}, listen);
    const recalled: string[] = [];
    const skipped: string[] = [];
    made.client.on('recall', ({ s, seq, id }: PushClientEvents['recall']) => recalled.push(`${s}:${seq} ${id}`));
    made.client.on('skip', ({ from, to, reason }) => skipped.push(`${from}-${to} ${reason}`));
    return { ...made, recalled, skipped };
  }

  it('of a message handed over is told, once however often it comes', async () => {
    const { greet, shown, recalled, server, clock } = listened();
    const socket = await greet();
    socket.say(push(1), recall(1), recall(1));
    server.last.drop();
    await clock.advance(500);
    (await greet({ '@me': info({ from: 1 }) })).say(recall(1));
    expect(shown).toEqual(['@me:1']);
    expect(recalled).toEqual(['@me:1 m1']);
  });

  it('takes a message away that still waits for a handler; what follows it goes on', async () => {
    const { greet, client, skipped, clock } = listened(false);
    const socket = await greet();
    socket.say(...pushes(1, 3), recall(1), recall(2));
    expect(skipped).toEqual(['1-1 recalled', '2-2 recalled']);
    const shown: number[] = [];
    client.on('message', ({ seq }) => void shown.push(seq));
    await clock.advance(50);
    expect(shown).toEqual([3]);
    expect(socket.acks).toEqual(['@me:3']);
  });

  it('does not take away the one a handler is busy with, but those behind it', async () => {
    const { greet, client, recalled, clock } = listened(false);
    const shown: number[] = [];
    let finish: () => void = () => undefined;
    client.on('message', ({ seq }) => {
      shown.push(seq);
      return new Promise<void>((resolve) => (finish = resolve));
    });
    const socket = await greet();
    socket.say(...pushes(1, 3), recall(1), recall(2));
    finish();
    await settled();
    finish();
    await clock.advance(50);
    expect(shown).toEqual([1, 3]);
    expect(recalled).toEqual(['@me:1 m1', '@me:2 m2']);
    expect(socket.acks).toEqual(['@me:3']);
  });

  it('that comes before its message keeps it from being shown', async () => {
    const { greet, shown, skipped } = listened();
    (await greet()).say(recall(2), ...pushes(1, 3));
    expect(shown).toEqual(['@me:1', '@me:3']);
    expect(skipped).toEqual(['2-2 recalled']);
  });

  it('of a message in two streams takes it out of both, and is told once', async () => {
    const { greet, recalled, skipped } = listened(false);
    const socket = await greet({ '@me': info(), news: info() });
    socket.say(push(1), push(1, 'news'), recall(1), recall(1, 'news'));
    expect(skipped).toHaveLength(2);
    expect(recalled).toEqual(['@me:1 m1']);
  });

  it('is remembered, but not for ever', async () => {
    const { greet, recalled } = listened();
    const socket = await greet();
    for (let seq = 1; seq <= 600; seq += 1) socket.say(recall(seq));
    socket.say(recall(600), recall(1));
    expect(recalled).toHaveLength(601);
  });
});
