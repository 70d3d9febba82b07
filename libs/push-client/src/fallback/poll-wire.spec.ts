import { MemoryCursors } from '../cursors/memory-cursors.js';
import { info, push, pushes } from '../testing/fake-server.js';
import { fallbackHarness } from '../testing/harness.js';

const answer = (cursor: string, entries: object[] = [], more: object = {}) => ({
  entries,
  cursor,
  recovery: 'complete',
  ...more,
});

describe('over long poll', () => {
  it('the first poll does not wait; the next says by after that all of it was handled', async () => {
    const { toPoll, http, clock, shown } = fallbackHarness();
    await toPoll(answer('c1', pushes(41, 42)));
    expect(shown).toEqual(['@me:41', '@me:42']);
    expect(http.of('GET poll')).toHaveLength(1);
    await clock.advance(50);
    expect(http.last('GET poll').query).toEqual({ device: 'd1', after: 'c1', waitMs: '25000' });
    await http.last('GET poll').answer(answer('c2', [push(43)]));
    await clock.advance(50);
    expect(http.last('GET poll').query.after).toBe('c2');
    expect(shown).toHaveLength(3);
    expect(http.of('POST ack')).toEqual([]);
  });

  it('waits for handlers, but not with everything: what is done is acknowledged after 5 s', async () => {
    const { toPoll, client, http, clock } = fallbackHarness({}, {}, false);
    let finish: () => void = () => undefined;
    client.on('message', ({ s }) => (s === 'slow' ? new Promise<void>((resolve) => (finish = resolve)) : undefined));
    await toPoll(answer('c1', [push(1), push(1, 'slow')]));
    await clock.advance(4_999);
    expect(http.of('GET poll')).toHaveLength(1);
    await clock.advance(1);
    expect(http.last('POST ack').body).toEqual({ s: '@me', seq: 1 });
    await http.last('POST ack').answer(undefined, 204);
    expect(http.last('GET poll').query).toEqual({ device: 'd1', waitMs: '25000' });
    await http.last('GET poll').answer(answer('c2', [push(1, 'slow'), push(2)]));
    finish();
    await clock.advance(50);
    expect(http.last('GET poll').query.after).toBe('c2');
    expect(client.position('slow')?.seq).toBe(1);
    expect(client.position('@me')?.seq).toBe(2);
  });

  it('gaps and skips come in their place among the messages, notices after them', async () => {
    const { toPoll, client, http, clock } = fallbackHarness({}, {}, false);
    const log: string[] = [];
    client.on('message', ({ seq }) => void log.push(`push ${seq}`));
    client.on('gap', ({ from, to }) => log.push(`gap ${from}-${to}`));
    client.on('skip', ({ from, to }) => log.push(`skip ${from}-${to}`));
    client.on('recall', ({ id }) => log.push(`recall ${id}`));
    await toPoll(answer('c1', [push(1)]));
    const events = [
      { op: 'recall', s: '@me', seq: 6, id: 'm6' },
      { op: 'gap', s: '@me', from: 2, to: 4, reason: 'retention' },
      { op: 'skip', s: '@me', from: 7, to: 8, reason: 'expired' },
    ];
    await clock.advance(50);
    expect(log).toEqual(['push 1']);
    await http.last('GET poll').answer(answer('c2', [...pushes(5, 6), push(9)], { events }));
    expect(log).toEqual(['push 1', 'gap 2-4', 'push 5', 'push 6', 'skip 7-8', 'push 9', 'recall m6']);
  });

  it('what has no place yet begins at its first entry; what was known goes on', async () => {
    const cursors = new MemoryCursors();
    await cursors.save('news', { epoch: 'e1', seq: 4 });
    const { toPoll, client, shown, codes } = fallbackHarness({ cursors });
    await toPoll(answer('c1', [push(58), push(5, 'news')]));
    expect(shown.sort()).toEqual(['@me:58', 'news:5']);
    expect(client.position('news')).toEqual({ epoch: 'e1', seq: 5 });
    expect(codes()).toEqual([]);
  });

  it('a place learnt here is kept when a better transport tells its epoch', async () => {
    const { toPoll, server, clock, http, shown, client } = fallbackHarness();
    const resets = jest.fn();
    client.on('reset', resets);
    await toPoll(answer('c1', [push(58)]));
    await clock.advance(25_000);
    await http.last('GET poll').answer(answer('c1'));
    await clock.advance(5_000);
    server.last.open();
    expect(server.last.of('connect')[0]?.resume).toBeUndefined();
    server.last.connected({ '@me': info({ from: 57, head: 59 }) });
    server.last.say(...pushes(58, 59));
    expect(shown).toEqual(['@me:58', '@me:59']);
    expect(resets).not.toHaveBeenCalled();
    expect(client.position('@me')).toEqual({ epoch: 'e1', seq: 59 });
    await clock.advance(50);
    expect(server.last.acks).toEqual(['@me:59']);
  });

  it('streams are taken from the answer where the server tells them', async () => {
    const { toPoll, client, http } = fallbackHarness();
    const met = jest.fn();
    client.on('connected', ({ streams }) => met(streams));
    const streams = { '@me': info({ epoch: 'e7', from: 57, head: 58 }), news: info({ epoch: 'e7', from: 3, head: 3 }) };
    await toPoll(answer('c1', [push(58)], { streams }));
    expect(met).toHaveBeenCalledWith(streams);
    expect(client.position('@me')).toEqual({ epoch: 'e7', seq: 58 });
    expect(http.of('GET poll')).toHaveLength(1);
  });

  it('positions that do not hold any more are forgotten, in a new beginning', async () => {
    const cursors = new MemoryCursors();
    await cursors.save('@me', { epoch: 'e1', seq: 41 });
    const { toPoll, client, http, clock, shown } = fallbackHarness({ cursors });
    const resets: unknown[] = [];
    client.on('reset', ({ stream, previous }) => resets.push([stream, previous]));
    await toPoll();
    await http.last('GET poll').answer(answer('c9', [push(3)], { recovery: 'reset' }));
    expect(shown).toEqual([]);
    await clock.advance(2_000);
    expect(http.last('GET poll').query).toEqual({ device: 'd1', waitMs: '0' });
    await http.last('GET poll').answer(answer('c9', [push(3)], { recovery: 'reset' }));
    expect(shown).toEqual(['@me:3']);
    expect(resets).toEqual([['@me', { epoch: 'e1', seq: 41 }]]);
  });

  it('a stream followed or left meanwhile is announced', async () => {
    const { toPoll, client, http, clock, shown } = fallbackHarness();
    const log: string[] = [];
    client.on('followed', ({ s, epoch }) => log.push(`followed ${s} ${epoch}`));
    client.on('unfollowed', ({ s }) => log.push(`unfollowed ${s}`));
    await toPoll();
    const events = [
      { op: 'skip', s: 'team', from: 11, to: 12, reason: 'expired' },
      { op: 'followed', s: 'team', ...info({ epoch: 'e3', from: 9, head: 13 }) },
      { op: 'recall', s: 'team', seq: 10, id: 'm10' },
    ];
    await http
      .last('GET poll')
      .answer(answer('c1', [push(10, 'team'), push(13, 'team'), push(7, 'quiet')], { events }));
    expect(shown).toEqual(['quiet:7', 'team:10', 'team:13']);
    await clock.advance(50);
    await http.last('GET poll').answer(answer('c2', [push(14, 'team')], { events: [{ op: 'unfollowed', s: 'team' }] }));
    await clock.advance(50);
    expect(log).toEqual(['followed team e3', 'followed quiet ?', 'unfollowed team']);
    expect(http.last('GET poll').query.after).toBe('c2');
  });

  it('another client on the same device does not make a storm', async () => {
    const { toPoll, http, clock } = fallbackHarness({}, { climb: { baseMs: 1e9, capMs: 1e9 } });
    await toPoll();
    const pauses: number[] = [];
    for (let at = 0; at < 7; at += 1) {
      const began = clock.now();
      const count = http.of('GET poll').length;
      await http.last('GET poll').answer(answer('c0'));
      while (http.of('GET poll').length === count) await clock.advance(500);
      pauses.push(clock.now() - began);
    }
    expect(pauses).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('following and leaving are not possible, and say so', async () => {
    const { toPoll, client } = fallbackHarness();
    await toPoll();
    await expect(client.follow('news')).rejects.toMatchObject({ code: 'CLIENT_TRANSPORT' });
    await expect(client.unfollow('news')).rejects.toMatchObject({ code: 'CLIENT_TRANSPORT' });
  });

  it('close() posts what the next poll would have said', async () => {
    const { toPoll, client, http, clock } = fallbackHarness();
    await toPoll(answer('c1', pushes(1, 2)));
    const closing = client.close();
    await clock.advance(0);
    expect(http.last('POST ack').body).toEqual({ s: '@me', seq: 2 });
    await http.last('POST ack').answer(undefined, 204);
    await closing;
    expect(http.of('GET poll')).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('read marks are posted', async () => {
    const { toPoll, client, http, clock } = fallbackHarness();
    await toPoll();
    client.markRead({ seq: 3 });
    await clock.advance(500);
    expect(http.last('POST read').body).toEqual({ s: '@me', seq: 3 });
  });

  it('a poll that is not answered at all ends the connection', async () => {
    const { toPoll, http, clock, ends } = fallbackHarness({}, { climb: { baseMs: 1e9, capMs: 1e9 } });
    await toPoll();
    await clock.advance(40_000);
    expect(ends.at(-1)).toMatchObject({ code: 4000, reason: 'no heartbeat' });
    expect(http.last('GET poll').isAborted).toBe(true);
  });

  it.each(['<html>', 'null', '[]', '{"entries":{},"cursor":"c"}', '{"entries":[]}', '{"entries":[],"cursor":7}'])(
    'the answer %s is none of a push server',
    async (text) => {
      const { toPoll, client, ends } = fallbackHarness();
      await toPoll(text as never);
      expect(client.state).toBe('waiting');
      expect(ends.at(-1)).toMatchObject({ code: 1006, wasConnected: false });
    },
  );

  it('entries that make no sense are reported and ignored', async () => {
    const { toPoll, shown, codes } = fallbackHarness();
    await toPoll(answer('c1', [7, null, [], { op: 'push', s: 'x' }, push(1)] as object[]));
    expect(shown).toEqual(['@me:1']);
    expect(new Set(codes())).toEqual(new Set(['CLIENT_BAD_FRAME']));
  });
});
