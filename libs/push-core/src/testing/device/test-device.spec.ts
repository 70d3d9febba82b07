import { createPush } from '../../create-push.js';
import type { Push } from '../../push.js';
import type { PublishInput } from '../../model/publish-input.js';
import type { PushOptions } from '../../options.js';
import { createMemoryStore } from '../../store/memory/memory-store.js';
import { seededIds, seededRandom } from '../simulator/index.js';
import { TestDevice, VirtualClock, type TestDeviceOptions } from './index.js';

const engines: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of engines.splice(0)) await close();
});

async function setUp(more: Partial<PushOptions> = {}) {
  const clock = new VirtualClock();
  const store = createMemoryStore({ epoch: 'e1' });
  const push: Push = createPush({ clock, store, ids: seededIds(1), random: seededRandom(1), ...more });
  await push.start();
  engines.push(async () => {
    const closing = push.close();
    await clock.advance(10_000);
    await closing;
  });
  const device = (user: string, name: string, options: Partial<TestDeviceOptions> = {}) =>
    new TestDevice({ push, clock, store, user, device: name, ...options });
  const publish = (input: Partial<PublishInput> = {}) =>
    push.publish('default', { to: { users: ['u1'] }, type: 'chat.message', ...input });
  return { clock, store, push, device, publish };
}
const failureOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'nothing failed',
    (error: Error) => error.message,
  );

it('answers who awaits a publish although nobody moves the clock', async () => {
  const { push, clock } = await setUp();
  const before = clock.now();
  expect(await push.publish('default', { to: { users: ['u1'] }, type: 'x' })).toMatchObject({ duplicate: false });
  expect(clock.now()).toBe(before);
});

it('receives what was published since it was made, connected or not', async () => {
  const { device, publish } = await setUp();
  await publish({ data: 'before' });
  const phone = device('u1', 'phone');
  await publish({ data: 1 });
  expect(phone.isOnline).toBe(false);
  expect(await phone.receives()).toMatchObject({ type: 'chat.message', data: 1, stream: '@me', seq: 2 });
  expect(phone.isOnline).toBe(true);
  await publish({ data: 2 });
  expect(await phone.receives()).toMatchObject({ data: 2 });
  expect(phone.messages.map(({ data }) => data)).toEqual([1, 2]);
});

it('receives from topics its user was subscribed to, before and after it was made', async () => {
  const { device, push } = await setUp();
  await push.subscribe('default', 'old', ['u1']);
  await push.publish('default', { to: { topics: ['old'] }, type: 'x', data: 'missed' });
  const phone = device('u1', 'phone');
  await push.publish('default', { to: { topics: ['old'] }, type: 'x', data: 'a' });
  await push.subscribe('default', 'new', ['u1']);
  await push.publish('default', { to: { topics: ['new'] }, type: 'x', data: 'b' });
  await push.publish('default', { to: { all: true }, type: 'x', data: 'c' });
  await phone.connect();
  expect(phone.messages.map(({ data }) => data).sort()).toEqual(['a', 'b', 'c']);
});

it('claims each entry once, the first that matches', async () => {
  const { device, publish } = await setUp();
  const phone = device('u1', 'phone');
  for (const data of [1, 2, 1]) await publish({ data });
  expect((await phone.receives({ data: 1 })).seq).toBe(1);
  expect((await phone.receives({ data: 1 })).seq).toBe(3);
  expect((await phone.receives({})).seq).toBe(2);
  await phone.receivesNothing();
});

it('matches part of what there is, with regular expressions and what expect offers', async () => {
  const { device, publish } = await setUp();
  const phone = device('u1', 'phone');
  await publish({ thread: 'r1', data: { text: 'Hi Ann', tags: ['a', 'b'], from: { id: 7, name: 'Bob' } } });
  await phone.receivesNothing({ data: { tags: ['a'] } });
  await phone.receivesNothing({ data: { text: 'Hi' } });
  await phone.receivesNothing({ data: { from: { id: 8 } } });
  await phone.receives({
    thread: 'r1',
    id: expect.any(String),
    data: { text: /^Hi/, tags: ['a', expect.stringMatching('b')], from: expect.objectContaining({ id: 7 }) },
  });
});

it('lets virtual time pass until it comes, and no longer', async () => {
  const { device, publish, clock } = await setUp();
  const phone = device('u1', 'phone');
  const begun = clock.now();
  await publish({ options: { sendAt: begun + 2000 } });
  await phone.receivesNothing({}, 1000);
  await phone.receives();
  expect(clock.now() - begun).toBeGreaterThanOrEqual(2000);
  expect(clock.now() - begun).toBeLessThan(3000);
});

it('fails with the link and the absence of publishes where nothing was published', async () => {
  const { device, clock } = await setUp();
  const phone = device('u1', 'phone');
  const begun = clock.now();
  const failure = await failureOf(phone.receives({ type: 'chat.message' }, { withinMs: 300 }));
  expect(failure).toContain("u1/phone did not receive { type: 'chat.message' } within 300 ms.");
  expect(failure).toContain('It received nothing.');
  expect(failure).toContain('Its link is up since 00:00:00.000.');
  expect(failure).toContain("Nothing has been published in the tenant 'default'.");
  expect(clock.now() - begun).toBe(300);
});

it('fails with what did come and the story of the message most like it', async () => {
  const { device, publish } = await setUp();
  const phone = device('u1', 'phone');
  await publish({ type: 'chat.left', data: { who: 'Bob' } });
  await publish({ thread: 'r1', data: { text: 'Hallo' } });
  await phone.receives({ type: 'chat.left' });
  const failure = await failureOf(phone.receives({ type: 'chat.message', data: { text: 'Hi' } }));
  expect(failure).toContain(
    "It received:\n  chat.left { who: 'Bob' } (@me 1) – claimed\n  chat.message in r1 { text: 'Hallo' } (@me 2)",
  );
  expect(failure).toMatch(/Published so far: 2.*\n {2}chat\.message in r1 .*to \{ users: \[ 'u1' \] \}/);
  expect(failure).toContain('delivered phone – Acknowledged by device phone');
});

it('tells that a message was for somebody else', async () => {
  const { device, publish } = await setUp();
  await publish({ to: { users: ['u2'] } });
  const failure = await failureOf(device('u1', 'phone').receives());
  expect(failure).toContain('Nothing has been published');
  const phone = device('u1', 'phone');
  await publish({ to: { users: ['u2'] } });
  expect(await failureOf(phone.receives())).toContain('not_addressed – The message is not for this user');
});

it('points at the line of the test', async () => {
  const { device } = await setUp();
  const error = (await device('u1', 'phone')
    .receives({}, { withinMs: 1 })
    .catch((one: unknown) => one)) as Error;
  expect(error.stack?.split('\n').find((line) => line.includes(' at '))).toContain('test-device.spec.ts');
});

it('is given everything again that it did not acknowledge, and keeps it once', async () => {
  const { device, publish, push, clock } = await setUp();
  const sentAgain: number[] = [];
  push.on('retransmitted', ({ to }) => sentAgain.push(to));
  const phone = device('u1', 'phone', { acknowledge: false });
  const { id } = await publish({});
  await phone.receives();
  const counted = async () => (await push.message('default', id)).counts.delivered;
  expect(await counted()).toBe(0);
  await clock.advance(11_000);
  expect(sentAgain).toEqual([1]);
  await phone.reconnect();
  expect(await counted()).toBe(0);
  await phone.acknowledge();
  expect(await counted()).toBe(1);
  expect(phone.messages).toHaveLength(1);
});

it('gets what it missed when it comes back, each entry once', async () => {
  const { device, publish } = await setUp();
  const phone = await device('u1', 'phone').connect();
  await publish({ data: 1 });
  await phone.receives();
  await phone.drop();
  expect(phone.isOnline).toBe(false);
  await publish({ data: 2 });
  expect(await failureOf(phone.receives())).toContain('Its link was dropped at');
  await phone.reconnect();
  expect(await phone.receives()).toMatchObject({ data: 2 });
  expect(phone.messages.map(({ data }) => data)).toEqual([1, 2]);
});

it('hears nothing over a half-open link until it reconnects; the server notices by its heartbeat', async () => {
  const { device, publish, push, clock } = await setUp();
  const gone: number[] = [];
  push.on('disconnected', ({ code }) => gone.push(code));
  const phone = await device('u1', 'phone').connect();
  await phone.halfOpen();
  const { id } = await publish({});
  const failure = await failureOf(phone.receives());
  expect(failure).toContain(
    'Its link is half-open since 00:00:00.000: nothing gets through; the server has not noticed.',
  );
  expect(failure).toMatch(/stored – Entry 1 [^]*outcome: suppressed/);
  expect((await push.presence('default', ['u1']))[0]?.online).toBe(true);
  await clock.advance(60_000);
  expect(gone).toEqual([3002]);
  expect(phone.isOnline).toBe(true);
  expect(await failureOf(phone.receives())).toContain('the server has closed it: 3002 no heartbeat');
  await phone.reconnect();
  expect((await phone.receives()).id).toBe(id);
});

it('a link that is up outlives any heartbeat', async () => {
  const { device, push, clock } = await setUp();
  const phone = await device('u1', 'phone').connect();
  await clock.advance(300_000);
  expect(phone.isOnline).toBe(true);
  expect((await push.presence('default', ['u1']))[0]?.online).toBe(true);
  await phone.close();
  expect((await push.presence('default', ['u1']))[0]?.online).toBe(false);
});

it('is told of signals, of read marks of other devices, of recalls and of gaps', async () => {
  const { device, publish, push, clock } = await setUp({ retention: { maxEntries: 1, everyMs: 1000 } });
  const phone = await device('u1', 'phone').connect();
  const tablet = await device('u1', 'tablet').connect();
  const laptop = device('u1', 'laptop');
  await publish({ type: 'typing', thread: 'r1', options: { volatile: true } });
  await phone.receivesSignal({ type: 'typing', thread: 'r1' });
  expect(await failureOf(phone.receivesSignal({ type: 'typing' }))).toContain('nothing of them is stored');

  await publish({ thread: 'r1' });
  const message = await phone.receives();
  await phone.reads(message);
  await tablet.isTold('read', { thread: 'r1', unread: 0 });
  expect(await failureOf(phone.isTold('read'))).toContain('It was told nothing.');

  await push.recall('default', message.id);
  await tablet.isTold('recall', { id: message.id });

  for (let i = 0; i < 3; i++) await publish({});
  await clock.advance(2000);
  await laptop.isTold('gap', { s: '@me', from: 1 });
  expect(laptop.messages.map(({ seq }) => seq)).toEqual([4]);
});

it('follows topics its token allows, and fails with the answer for others', async () => {
  const { device, push } = await setUp();
  const phone = device('u1', 'phone', { topics: ['news.*'] });
  await phone.follow('news.sport');
  await push.publish('default', { to: { topics: ['news.sport'] }, type: 'x' });
  await phone.receives({ stream: 'news.sport' });
  expect(await failureOf(phone.follow('secret'))).toContain('NOT_ALLOWED');
  await phone.unfollow('news.sport');
  await push.publish('default', { to: { topics: ['news.sport'] }, type: 'x' });
  await phone.receivesNothing();
});

it('fails to connect with the reason where a hook refuses it', async () => {
  const refusing = { name: 'closed', hooks: { connect: () => ({ allow: false as const, reason: 'not today' }) } };
  const { device } = await setUp({ plugins: [refusing] });
  const failure = await failureOf(device('u1', 'phone').connect());
  expect(failure).toContain('u1/phone could not connect.');
  expect(failure).toContain('not today');
});

it('is sent away when its user is disconnected, and comes back with a new token only', async () => {
  const { device, push } = await setUp();
  const phone = await device('u1', 'phone').connect();
  await push.disconnect('default', 'u1');
  expect(await failureOf(phone.reconnect())).toContain('its token was revoked');
  await phone.reconnect({ newToken: true });
  expect(phone.isOnline).toBe(true);
});

it('waits for work of the code under test before virtual time moves', async () => {
  const { device, publish, clock } = await setUp();
  const phone = await device('u1', 'phone').connect();
  const begun = clock.now();
  const turns = async (count: number) => {
    for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  void turns(5).then(() => publish({}));
  await phone.receives();
  expect(clock.now()).toBe(begun);
});

it('two engines do not see each other', async () => {
  const [a, b] = [await setUp(), await setUp()];
  const [there, here] = [a.device('u1', 'phone'), b.device('u1', 'phone')];
  await a.publish({});
  await there.receives();
  expect(await failureOf(here.receives())).toContain('Nothing has been published');
});
