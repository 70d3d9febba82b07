import { MemoryCursors } from './cursors/memory-cursors.js';
import { info, push } from './testing/fake-server.js';
import { harness } from './testing/harness.js';
import { settled } from './testing/manual-clock.js';

const ok = (id: number | undefined, s: string, from = 0) => ({ op: 'ok', id, s, ...info({ from, head: from }) });

describe('following a topic', () => {
  it('resolves with the answer, and its messages arrive', async () => {
    const { greet, client, shown, clock } = harness();
    const socket = await greet();
    const following = client.follow('news');
    expect(socket.of('follow')).toEqual([{ op: 'follow', s: 'news', id: 1 }]);
    socket.say(ok(1, 'news', 4), push(5, 'news'));
    await following;
    await clock.advance(50);
    expect(shown).toEqual(['news:5']);
    expect(socket.acks).toEqual(['news:5']);
  });

  it('rejects with the code of the server, and is not tried again', async () => {
    const { greet, client, clock, server, codes } = harness();
    const socket = await greet();
    const following = client.follow('secret');
    socket.say({ op: 'error', id: 1, code: 'NOT_ALLOWED', message: 'no' });
    await expect(following).rejects.toMatchObject({ code: 'NOT_ALLOWED', message: 'no' });
    expect(codes()).toEqual([]);
    socket.drop();
    await clock.advance(500);
    await greet();
    expect(server.last.of('follow')).toEqual([]);
  });

  it('matches answers by id', async () => {
    const { greet, client } = harness();
    const socket = await greet();
    const a = client.follow('a');
    const b = client.follow('b');
    socket.say({ op: 'error', id: 2, code: 'NOT_ALLOWED', message: '' }, { op: 'ok', id: 99 }, ok(1, 'a'));
    await a;
    await expect(b).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  });

  it('waits for the connection, and is done where the server follows the topic already', async () => {
    const { greet, client } = harness();
    const following = client.follow('news');
    const socket = await greet({ '@me': info(), news: info() });
    await following;
    expect(socket.of('follow')).toEqual([]);
  });

  it('is asked again when the connection broke before the answer', async () => {
    const { greet, client, clock, server } = harness();
    await greet();
    const following = client.follow('news');
    server.last.drop();
    await clock.advance(500);
    const socket = await greet();
    const [frame] = socket.of('follow');
    expect(frame?.s).toBe('news');
    socket.say(ok(frame?.id, 'news'));
    await following;
  });

  it('is taken up again after a reconnect, from its cursor', async () => {
    const { greet, client, clock, server, shown } = harness();
    const first = await greet();
    void client.follow('news');
    first.say(ok(1, 'news', 4), push(5, 'news'));
    first.drop();
    await clock.advance(500);
    const socket = await greet();
    const at = { epoch: 'e1', seq: 5 };
    expect(socket.of('connect')[0]?.resume).toMatchObject({ news: at });
    expect(socket.of('follow')).toEqual([{ op: 'follow', s: 'news', id: 2, resume: at }]);
    server.last.say(ok(2, 'news', 5), push(5, 'news'), push(6, 'news'));
    expect(shown).toEqual(['news:5', 'news:6']);
  });

  it('of the options happens by itself; a refusal is reported and asked again next time', async () => {
    const { greet, server, clock, codes } = harness({ follow: ['news'], startFrom: 'start' });
    const socket = await greet();
    expect(socket.of('follow')).toEqual([{ op: 'follow', s: 'news', id: 1, resume: 'start' }]);
    socket.say({ op: 'error', id: 1, code: 'NOT_ALLOWED', message: '' });
    expect(codes()).toEqual(['NOT_ALLOWED']);
    socket.drop();
    await clock.advance(500);
    await greet();
    expect(server.last.of('follow')).toHaveLength(1);
  });

  it('fails where no answer comes in 10 s', async () => {
    const { greet, client, clock } = harness();
    await greet();
    const following = client.follow('news');
    await clock.advance(10_000);
    await expect(following).rejects.toMatchObject({ code: 'CLIENT_TIMEOUT' });
  });

  it('fails when the client is closed, before and after', async () => {
    const { greet, client, clock } = harness();
    await greet();
    const following = client.follow('news');
    await client.close();
    await expect(following).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
    await expect(client.follow('news')).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
    expect(clock.pending).toBe(0);
  });

  it.each(['', '@me', 'x'.repeat(129)])('refuses the name %j', async (name) => {
    await expect(harness().client.follow(name)).rejects.toMatchObject({ code: 'CLIENT_BAD_TOPIC' });
  });
});

describe('leaving a topic', () => {
  it('forgets its cursor; what is still on the way is dropped', async () => {
    const cursors = new MemoryCursors();
    const { greet, client, shown, clock } = harness({ cursors });
    const socket = await greet({ '@me': info(), news: info() });
    socket.say(push(1, 'news'));
    await clock.advance(50);
    const leaving = client.unfollow('news');
    socket.say({ op: 'ok', id: 1, s: 'news' }, push(2, 'news'));
    await leaving;
    await clock.advance(50);
    expect(shown).toEqual(['news:1']);
    expect(client.position('news')).toBeUndefined();
    expect(await cursors.load()).toEqual({ '@me': { epoch: 'e1', seq: 0 } });
  });

  it('is not undone by a reconnect', async () => {
    const { greet, client, clock, server } = harness({ follow: ['news'] });
    (await greet()).say(ok(1, 'news'));
    server.last.drop();
    const leaving = client.unfollow('news');
    await clock.advance(500);
    const socket = await greet();
    await leaving;
    expect(socket.of('follow')).toEqual([]);
  });

  it('keeps its order with following when both wait for the connection', async () => {
    const { greet, client } = harness();
    void client.follow('a');
    void client.unfollow('a');
    void client.unfollow('b');
    void client.follow('b');
    const socket = await greet({ '@me': info(), b: info() });
    expect(socket.frames.slice(1).map((frame) => `${frame.op} ${'s' in frame ? frame.s : ''}`)).toEqual([
      'follow a',
      'unfollow a',
      'unfollow b',
      'follow b',
    ]);
  });
});

describe('subscriptions changed by the backend', () => {
  it('begin and end while connected', async () => {
    const { greet, client, shown } = harness();
    const log: string[] = [];
    client.on('followed', ({ s, from }) => log.push(`followed ${s} ${from}`));
    client.on('unfollowed', ({ s }) => log.push(`unfollowed ${s}`));
    const socket = await greet();
    socket.say({ op: 'followed', s: 'team', ...info({ from: 9, head: 9 }) }, push(10, 'team'));
    socket.say({ op: 'unfollowed', s: 'team' }, push(11, 'team'), { op: 'unfollowed', s: 'never' });
    await settled();
    expect(shown).toEqual(['team:10']);
    expect(log).toEqual(['followed team 9', 'unfollowed team']);
  });
});
