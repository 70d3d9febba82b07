import { EngineBench } from './engine.fixture.js';

const bench = new EngineBench();
afterEach(() => bench.close());

const to = { users: ['u1'] };
const chat = (thread?: string) => ({ to, type: 'chat', thread, data: { text: 'hi' } });

describe('read marks', () => {
  it('tells the other devices of the user, with what is left of the thread, and not the one that read', async () => {
    const push = await bench.engine();
    const phone = await bench.connect(push, { device: 'phone' });
    const desk = await bench.connect(push, { device: 'desk' });
    const stranger = await bench.connect(push, { token: 'u2' });
    for (const thread of ['a', 'a', 'b']) await bench.publish(push, chat(thread));
    await phone.say({ op: 'read', s: '@me', seq: 1, thread: 'a' });
    expect(desk.of('read')).toEqual([{ op: 'read', s: '@me', seq: 1, thread: 'a', unread: 1 }]);
    expect(phone.of('read')).toEqual([]);
    expect(stranger.of('read')).toEqual([]);
  });

  it('counts a message as unread until its thread, or the whole stream, is read that far', async () => {
    const push = await bench.engine();
    for (const thread of ['a', 'a', 'b', undefined]) await bench.publish(push, chat(thread));
    const reader = { tenant: 't', user: 'u1' };
    expect(await push.unread(reader)).toEqual({ total: 4, threads: { a: 2, b: 1 } });
    expect(await push.markRead(reader, { s: '@me', seq: 2, thread: 'a' })).toEqual({ unread: 0 });
    expect(await push.unread(reader)).toEqual({ total: 2, threads: { b: 1 } });
    expect(await push.markRead(reader, { s: '@me', seq: 4 })).toEqual({ unread: 0 });
    expect(await push.unread(reader)).toEqual({ total: 0, threads: {} });
  });

  it('never goes back, and tells nobody of a mark that says nothing new', async () => {
    const push = await bench.engine();
    const phone = await bench.connect(push, { device: 'phone' });
    const desk = await bench.connect(push, { device: 'desk' });
    for (let i = 0; i < 3; i++) await bench.publish(push, chat('a'));
    await phone.say({ op: 'read', s: '@me', seq: 3, thread: 'a' });
    await phone.say({ op: 'read', s: '@me', seq: 1, thread: 'a' }, { op: 'read', s: '@me', seq: 3, thread: 'a' });
    expect(desk.of('read')).toHaveLength(1);
    expect((await push.unread({ tenant: 't', user: 'u1' })).total).toBe(0);
  });

  it('counts topics subscribed to from the subscription on, and what is not for the device for no one', async () => {
    const push = await bench.engine();
    await bench.publish(push, { to: { topics: ['news'] }, type: 'x' });
    await push.subscribe('t', 'news', ['u1']);
    await bench.publish(push, { to: { topics: ['news'] }, type: 'x', thread: 'n' });
    await bench.publish(push, { to: { devices: [{ user: 'u1', device: 'phone' }] }, type: 'x' });
    await bench.publish(push, { to: { topics: ['news'], except: { users: ['u1'] } }, type: 'x' });
    const reader = { tenant: 't', user: 'u1' };
    expect((await push.unread({ ...reader, device: 'phone' })).total).toBe(2);
    expect((await push.unread({ ...reader, device: 'desk' })).total).toBe(1);
    await push.markRead(reader, { s: 'news', seq: 2 });
    expect((await push.unread({ ...reader, device: 'desk' })).total).toBe(0);
  });

  it('refuses a position beyond the last entry, and a topic the device does not follow', async () => {
    const push = await bench.engine();
    const phone = await bench.connect(push);
    await bench.publish(push, { to: { topics: ['secret'] }, type: 'x' });
    await phone.say({ op: 'read', s: '@me', seq: 1 }, { op: 'read', s: 'secret', seq: 1 });
    expect(phone.of('error').map((one) => one.code)).toEqual(['INVALID', 'NOT_FOUND']);
    await phone.say({ op: 'read', s: 'no-such-topic', seq: 1 });
    expect(phone.of('error').at(-1)?.code).toBe('NOT_FOUND');
  });

  it('reaches a device that was away when it comes back', async () => {
    const push = await bench.engine();
    const desk = await bench.connect(push, { device: 'desk' });
    await bench.publish(push, chat('a'));
    desk.handler.closed();
    await bench.clock.advance(10 * 60_000);
    await push.markRead({ tenant: 't', user: 'u1', device: 'phone' }, { s: '@me', seq: 1, thread: 'a' });
    const back = await bench.connect(push, { device: 'desk' });
    expect(back.of('read')).toEqual([{ op: 'read', s: '@me', seq: 1, thread: 'a', unread: 0 }]);
  });
});

describe('recall', () => {
  it('tells who was sent it, skips it for who was not, and empties it for good', async () => {
    const push = await bench.engine();
    const phone = await bench.connect(push, { device: 'phone' });
    const desk = await bench.connect(push, { device: 'desk' });
    desk.handler.closed();
    const { id } = await bench.publish(push, { ...chat(), notification: { title: 'x' } });
    expect(phone.seqs).toEqual([1]);
    expect(await push.recall('t', id)).toEqual({ id, state: 'recalled' });
    await bench.clock.settle();
    expect(phone.of('recall')).toEqual([{ op: 'recall', s: '@me', seq: 1, id }]);
    const back = await bench.connect(push, { device: 'desk' });
    expect(back.seqs).toEqual([]);
    expect(back.of('skip')).toEqual([{ op: 'skip', s: '@me', from: 1, to: 1, reason: 'recalled' }]);
    const { message, state } = await push.message('t', id);
    expect({ data: message.data, notification: message.notification, state }).toEqual({ state: 'recalled' });
    const inbox = await push.inbox('t', 'u1');
    expect([inbox.entries, inbox.unread.total]).toEqual([[], 0]);
  });

  it('reaches a device that has the message and was away, when it comes back', async () => {
    const push = await bench.engine();
    const phone = await bench.connect(push);
    const { id } = await bench.publish(push, chat());
    await phone.say({ op: 'ack', s: '@me', seq: 1 });
    phone.handler.closed();
    await bench.clock.advance(60 * 60_000);
    await push.recall('t', id);
    const back = await bench.connect(push, { token: 'u1' });
    expect(back.of('recall')).toEqual([{ op: 'recall', s: '@me', seq: 1, id }]);
  });

  it('cancels what is not due yet, so that it never comes', async () => {
    const push = await bench.engine();
    const phone = await bench.connect(push);
    const { id } = await bench.publish(push, { ...chat(), options: { sendAt: bench.clock.now() + 60_000 } });
    expect(await push.recall('t', id)).toEqual({ id, state: 'cancelled' });
    await bench.clock.advance(120_000);
    expect(phone.seqs).toEqual([]);
    await expect(push.message('t', id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is idempotent, and knows nothing of other tenants', async () => {
    const push = await bench.engine();
    const { id } = await bench.publish(push, chat());
    await expect(push.recall('other', id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await push.recall('t', id);
    expect(await push.recall('t', id)).toEqual({ id, state: 'recalled' });
  });

  it('skips an entry that waits in memory behind the window', async () => {
    const push = await bench.engine();
    const phone = await bench.connect(push, { window: 1 });
    await bench.publish(push, chat());
    const { id } = await bench.publish(push, chat());
    await bench.publish(push, chat());
    await push.recall('t', id);
    await phone.say({ op: 'ack', s: '@me', seq: 1 });
    await phone.say({ op: 'ack', s: '@me', seq: 2 });
    expect(phone.seqs).toEqual([1, 3]);
    expect(phone.of('recall')).toEqual([]);
    expect(phone.of('skip')).toEqual([{ op: 'skip', s: '@me', from: 2, to: 2, reason: 'recalled' }]);
  });
});

describe('signals', () => {
  const typing = { type: 'typing', thread: 'room', data: { on: true }, options: { volatile: true } };

  it('reach the devices that are connected, once each, and nobody later', async () => {
    const push = await bench.engine();
    await push.subscribe('t', 'room', ['u1']);
    const phone = await bench.connect(push);
    const other = await bench.connect(push, { token: 'u2' });
    await bench.publish(push, { ...typing, to: { users: ['u1'], topics: ['room'] } });
    expect(phone.of('signal')).toEqual([{ op: 'signal', type: 'typing', thread: 'room', data: { on: true } }]);
    expect(other.of('signal')).toEqual([]);
    const late = await bench.connect(push, { device: 'late', resume: { '@me': 'start' } });
    expect([late.seqs, late.of('signal')]).toEqual([[], []]);
    expect((await push.inbox('t', 'u1')).head).toBe(0);
  });

  it('leave out who is excepted', async () => {
    const push = await bench.engine();
    const [phone, desk] = [await bench.connect(push), await bench.connect(push, { device: 'd2' })];
    await bench.publish(push, { ...typing, to: { ...to, except: { devices: [{ user: 'u1', device: 'd1' }] } } });
    expect([phone.of('signal').length, desk.of('signal').length]).toEqual([0, 1]);
    await bench.publish(push, { ...typing, to: { all: true, except: { users: ['u1'] } } });
    expect([phone.of('signal').length, desk.of('signal').length]).toEqual([0, 1]);
  });

  it('are the first to be dropped for a slow link', async () => {
    const push = await bench.engine();
    const phone = await bench.connect(push);
    phone.buffered = 20_000;
    await bench.publish(push, { ...typing, to });
    await bench.publish(push, chat());
    expect(phone.of('signal')).toEqual([]);
    expect(phone.seqs).toEqual([1]);
    expect(push.meters.dropped.get('signal_slow')).toBe(1);
  });

  it('cannot carry what would have to be kept', async () => {
    const push = await bench.engine();
    await expect(bench.publish(push, { ...typing, to, notification: { title: 'x' } })).rejects.toMatchObject({
      code: 'INVALID',
      field: 'notification',
    });
    const late = { ...typing, to, options: { volatile: true, sendAt: bench.clock.now() + 1000 } };
    await expect(bench.publish(push, late)).rejects.toMatchObject({ code: 'INVALID', field: 'options.sendAt' });
  });
});
