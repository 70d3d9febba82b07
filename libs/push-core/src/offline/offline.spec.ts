import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PublishInput } from '../model/publish-input.js';
import { EngineBench } from '../online/engine.fixture.js';
import type { PushOptions } from '../options.js';
import type { Push } from '../push.js';
import { createMemoryStore } from '../store/memory/memory-store.js';
import { noHttp, ScriptedProvider } from './scripted-provider.fixture.js';

const chat = (users: string[], more: Partial<PublishInput> = {}): PublishInput => ({
  to: { users },
  type: 'chat.message',
  thread: 'room',
  data: { n: 1 },
  notification: { title: 'Ann', body: 'Hi', badge: 'auto' },
  ...more,
});

describe('offline notifications', () => {
  let bench: EngineBench;
  let fcm: ScriptedProvider;
  let push: Push;

  const engine = async (more: Partial<PushOptions> = {}): Promise<Push> => {
    const one = await bench.engine({ offline: { providers: [fcm], http: noHttp }, random: () => 0.5, ...more });
    await one.notifications.putProvider('t', 'fcm', { project: 'p' });
    return one;
  };
  const phone = (user: string, device = 'phone', provider = 'fcm') =>
    push.putDevice(
      { tenant: 't', user, device },
      { platform: 'android', tokens: [{ provider, token: `${user}-${device}` }] },
    );
  const story = async (id: string, user: string) =>
    (await push.explain('t', id, user)).steps.map(({ what, reason }) => (reason ? `${what} ${reason}` : what));

  beforeEach(async () => {
    bench = new EngineBench();
    fcm = new ScriptedProvider();
    push = await engine();
  });
  afterEach(() => bench.close());

  describe('are decided by what is acknowledged', () => {
    it('tells an offline phone at once, and once', async () => {
      await phone('bob');
      const { id } = await bench.publish(push, chat(['bob']));
      await bench.clock.advance(300);
      expect(fcm.to).toEqual(['bob/phone']);
      expect(fcm.sent[0]?.notification).toMatchObject({ messageId: id, badge: 1, thread: 'room' });
      await bench.clock.advance(60_000);
      expect(fcm.sent).toHaveLength(1);
      expect(await story(id, 'bob')).toEqual(['accepted', 'notified accepted', 'stored']);
      expect((await push.message('t', id)).counts).toMatchObject({ notified: 1, failed: 0 });
    });

    it('tells nobody who acknowledged in time', async () => {
      await phone('u1', 'd1');
      const link = await bench.connect(push);
      const { id } = await bench.publish(push, chat(['u1']));
      await bench.clock.advance(2900);
      await link.say({ op: 'ack', s: '@me', seq: 1 });
      await bench.clock.advance(60_000);
      expect(fcm.sent).toHaveLength(0);
      expect(await story(id, 'u1')).toContain('cancelled acknowledged');
    });

    it('tells the user of a link that is silent when the wait is over, within a second', async () => {
      await phone('u1', 'd1');
      await bench.connect(push);
      await bench.publish(push, chat(['u1']));
      await bench.clock.advance(2999);
      expect(fcm.sent).toHaveLength(0);
      await bench.clock.advance(1000);
      expect(fcm.to).toEqual(['u1/d1']);
    });

    it('waits as long as the publish says, or not at all, or never tells', async () => {
      await phone('u1', 'd1');
      const link = await bench.connect(push);
      await bench.publish(push, chat(['u1'], { thread: 'a', options: { offline: { waitMs: 500 } } }));
      await bench.publish(push, chat(['u1'], { thread: 'b', options: { offline: { mode: 'never' } } }));
      await bench.publish(push, chat(['u1'], { thread: 'c', options: { offline: { mode: 'always' } } }));
      await link.say({ op: 'ack', s: '@me', seq: 3 });
      await bench.clock.advance(10_000);
      expect(fcm.sent.map(({ notification }) => notification.thread)).toEqual(['c']);
    });

    it('tells those who are away at once and leaves the others until their wait is over', async () => {
      await phone('u1', 'd1');
      await phone('away');
      await bench.connect(push);
      await bench.publish(push, chat(['u1', 'away']));
      await bench.clock.advance(400);
      expect(fcm.to).toEqual(['away/phone']);
      await bench.clock.advance(3500);
      expect(fcm.to).toEqual(['away/phone', 'u1/d1']);
    });

    it('tells every subscriber of a topic, and every user with a device of a broadcast', async () => {
      for (const user of ['a', 'b', 'c']) await phone(user);
      await push.subscribe('t', 'news', ['a', 'b']);
      await bench.publish(push, chat([], { to: { topics: ['news'], except: { users: ['b'] } }, thread: 'n' }));
      await bench.clock.advance(500);
      expect(fcm.to).toEqual(['a/phone']);
      await bench.publish(push, chat([], { to: { all: true }, thread: 'all' }));
      await bench.clock.advance(500);
      expect(fcm.to.slice(1).sort()).toEqual(['a/phone', 'b/phone', 'c/phone']);
    });

    it('pages through a long audience, each user once', async () => {
      const users = Array.from({ length: 1700 }, (_, i) => `m${i}`);
      for (const user of users) await phone(user);
      const { id } = await bench.publish(push, chat(users));
      await bench.clock.advance(20_000);
      expect(new Set(fcm.to).size).toBe(1700);
      expect(fcm.sent).toHaveLength(1700);
      expect((await push.message('t', id)).counts.notified).toBe(1700);
    });

    it('tells of a scheduled message when it is due, and of none that was cancelled', async () => {
      await phone('bob');
      const sendAt = bench.clock.now() + 60_000;
      await bench.publish(push, chat(['bob'], { options: { sendAt } }));
      const { id } = await bench.publish(push, chat(['bob'], { options: { sendAt } }));
      await push.recall('t', id);
      await bench.clock.advance(59_000);
      expect(fcm.sent).toHaveLength(0);
      await bench.clock.advance(2000);
      expect(fcm.sent).toHaveLength(1);
    });
  });

  describe('are taken back', () => {
    it('when the message was read elsewhere', async () => {
      await phone('u1', 'tablet');
      const { id } = await bench.publish(push, chat(['u1']));
      await bench.clock.advance(500);
      const link = await bench.connect(push, { device: 'desk', resume: { '@me': 'start' } });
      await link.say({ op: 'read', s: '@me', seq: 1, thread: 'room' });
      await bench.clock.advance(2000);
      expect(fcm.retracted.map(({ retraction }) => retraction)).toMatchObject([
        { messageId: id, badge: 0, reason: 'read' },
      ]);
      await bench.clock.advance(10_000);
      expect(fcm.retracted).toHaveLength(1);
      expect(await story(id, 'u1')).toContain('retracted retracted');
    });

    it('when another device acknowledged late, or it was recalled', async () => {
      await phone('u1', 'tablet');
      await phone('bob');
      const { id } = await bench.publish(push, chat(['u1', 'bob']));
      await bench.clock.advance(500);
      const link = await bench.connect(push, { device: 'desk', resume: { '@me': 'start' } });
      await link.say({ op: 'ack', s: '@me', seq: 1 });
      await bench.clock.advance(2000);
      expect(fcm.retracted.map(({ retraction }) => retraction.reason)).toEqual(['acknowledged']);
      await push.recall('t', id);
      await bench.clock.advance(2000);
      expect(fcm.retracted.map(({ address, retraction }) => `${address.user} ${retraction.reason}`)).toEqual([
        'u1 acknowledged',
        'bob recalled',
      ]);
    });
  });

  describe('survive their providers', () => {
    it('tries again after a failure, under the same name, and not sooner than asked', async () => {
      await phone('bob');
      fcm.script.push(
        { kind: 'transient', reason: '503' },
        { kind: 'throttled', reason: '429', scope: 'device', retryAfterMs: 60_000 },
      );
      const { id } = await bench.publish(push, chat(['bob']));
      await bench.clock.advance(5000);
      expect(fcm.sent).toHaveLength(2);
      await bench.clock.advance(50_000);
      expect(fcm.sent).toHaveLength(2);
      await bench.clock.advance(90_000);
      expect(fcm.sent).toHaveLength(3);
      expect(new Set(fcm.sent.map(({ notification }) => notification.id)).size).toBe(1);
      expect(await story(id, 'bob')).toContain('notified accepted');
    });

    it('sends again at most once where nobody knows what came of it, and counts that', async () => {
      await phone('bob');
      fcm.otherwise = () => ({ kind: 'unknown_after_write', reason: 'deadline' });
      const { id } = await bench.publish(push, chat(['bob']));
      await bench.clock.advance(600_000);
      expect(fcm.sent).toHaveLength(2);
      expect(await story(id, 'bob')).toContain('dead unknown_after_write');
    });

    it('buries what failed as often as it may, and replays it', async () => {
      await phone('bob');
      fcm.otherwise = () => ({ kind: 'transient', reason: '500' });
      await bench.publish(push, chat(['bob']));
      await bench.clock.advance(3_600_000);
      expect(await push.notifications.dead('t')).toMatchObject([{ user: 'bob', reason: 'attempts', attempts: 8 }]);
      fcm.otherwise = () => ({ kind: 'accepted' });
      expect(await push.notifications.replay('t')).toBe(1);
      await bench.clock.advance(5000);
      expect(await push.notifications.dead('t')).toEqual([]);
      expect(fcm.sent).toHaveLength(9);
    });

    it('does not tell again when it was acknowledged between two tries', async () => {
      await phone('u1', 'd1');
      fcm.script.push({ kind: 'throttled', reason: '429', scope: 'device', retryAfterMs: 60_000 });
      const { id } = await bench.publish(push, chat(['u1']));
      await bench.clock.advance(500);
      const link = await bench.connect(push, { resume: { '@me': 'start' } });
      await link.say({ op: 'ack', s: '@me', seq: 1 });
      await bench.clock.advance(300_000);
      expect(fcm.sent).toHaveLength(1);
      expect(await story(id, 'u1')).toContain('cancelled acknowledged');
    });

    it('deletes a token its provider calls dead while others are taken, and none when all are called dead', async () => {
      for (const user of ['a', 'b', 'c', 'dead']) await phone(user);
      fcm.otherwise = ({ address }) =>
        address.user === 'dead' ? { kind: 'token_invalid', reason: 'UNREGISTERED' } : { kind: 'accepted' };
      await bench.publish(push, chat(['a', 'b', 'c', 'dead']));
      await bench.clock.advance(500);
      expect((await push.devices('t', 'dead'))[0]?.tokens).toEqual([]);

      const alarms: unknown[] = [];
      push.on('provider', (event) => alarms.push(event.state));
      const many = Array.from({ length: 60 }, (_, i) => `n${i}`);
      for (const user of many) await phone(user);
      fcm.otherwise = () => ({ kind: 'token_invalid', reason: 'wrong environment' });
      await bench.publish(push, chat(many, { thread: 'other' }));
      await bench.clock.advance(5000);
      let kept = 0;
      for (const user of many) kept += (await push.devices('t', user))[0]?.tokens.length ?? 0;
      expect(kept).toBeGreaterThanOrEqual(57);
      expect(alarms).toContain('quarantine');
    });

    it('keeps a token that was registered after the provider saw it die', async () => {
      for (const user of ['a', 'b']) await phone(user);
      const before = bench.clock.now() - 1000;
      fcm.otherwise = ({ address }) =>
        address.user === 'a' ? { kind: 'token_invalid', reason: '410', before } : { kind: 'accepted' };
      await bench.publish(push, chat(['a', 'b']));
      await bench.clock.advance(500);
      expect((await push.devices('t', 'a'))[0]?.tokens).toHaveLength(1);
    });

    it('stops asking where the credentials are refused, keeps what waits, and sends it when they are mended', async () => {
      const told: unknown[] = [];
      push.on('provider', ({ state, provider, tenant }) => told.push(`${tenant} ${provider} ${state}`));
      for (const user of ['a', 'b', 'c']) await phone(user);
      fcm.otherwise = () => ({ kind: 'config_error', reason: 'InvalidProviderToken' });
      await bench.publish(push, chat(['a']));
      await bench.clock.advance(1000);
      await bench.publish(push, chat(['b', 'c']));
      await bench.clock.advance(5000);
      expect(fcm.sent).toHaveLength(1);
      expect(told).toEqual(['t fcm open']);
      fcm.otherwise = () => ({ kind: 'accepted' });
      const mended = push.notifications.putProvider('t', 'fcm', { project: 'mended' });
      // What waited for that, waits no longer.
      await bench.clock.advance(1000);
      await mended;
      expect(fcm.to.slice(1).sort()).toEqual(['a/phone', 'b/phone', 'c/phone']);
    });

    it('sends with new credentials what another node put off with the old ones', async () => {
      const store = createMemoryStore({ epoch: 'e1' });
      const create = fcm.create.bind(fcm);
      const isGood = (credentials: object): boolean => 'good' in credentials;
      fcm.create = (credentials = {}) => ({
        ...create(),
        send: async (requests) =>
          isGood(credentials) ? create().send(requests) : requests.map(() => ({ kind: 'config_error', reason: 'key' })),
      });
      const worker = await engine({ store, node: 'worker', roles: ['worker'] });
      push = await engine({ store, node: 'api', roles: ['api', 'gateway'] });
      await phone('bob');
      await bench.publish(push, chat(['bob']));
      await bench.clock.advance(2000);
      const set = push.notifications.putProvider('t', 'fcm', { good: true });
      await bench.clock.advance(1000);
      await set;
      // It has the old ones still, and has put it off for half a minute.
      expect([fcm.sent.length, (await worker.notifications.providers('t'))[0]?.breaker]).toEqual([0, 'open']);
      await bench.clock.advance(6500);
      expect(fcm.to).toEqual(['bob/phone']);
    });

    it('takes the next of a device’s tokens where the first cannot be used', async () => {
      const hms = new ScriptedProvider('hms');
      push = await engine({ offline: { providers: [fcm, hms], http: noHttp } });
      await push.notifications.putProvider('t', 'hms', { app: 1 });
      await push.putDevice(
        { tenant: 't', user: 'bob', device: 'phone' },
        {
          platform: 'android',
          tokens: [
            { provider: 'fcm', token: 'f' },
            { provider: 'hms', token: 'h' },
          ],
        },
      );
      fcm.otherwise = () => ({ kind: 'token_invalid', reason: 'UNREGISTERED' });
      const { id } = await bench.publish(push, chat(['bob']));
      await bench.clock.advance(500);
      expect([fcm.sent.length, hms.sent.length]).toEqual([1, 1]);
      expect((await push.explain('t', id, 'bob')).steps.find(({ what }) => what === 'notified')?.provider).toBe('hms');
    });

    it('goes on with what a node that died had begun, and counts that nobody knows', async () => {
      const store = createMemoryStore({ epoch: 'e1' });
      fcm.otherwise = () => new Promise(() => undefined);
      const offline = { providers: [fcm], http: noHttp, sendDeadlineMs: 2000 };
      push = await engine({ store, node: 'first', offline });
      await phone('bob');
      const { id } = await bench.publish(push, chat(['bob']));
      await bench.clock.advance(500);
      expect(fcm.sent).toHaveLength(1);
      store.notifications.settle = () => Promise.reject(new Error('the first node is dead'));
      await bench.clock.advance(10_000);
      fcm.otherwise = () => ({ kind: 'accepted' });
      delete (store.notifications as { settle?: unknown }).settle;
      push = await engine({ store, node: 'second', offline });
      await bench.clock.advance(120_000);
      expect(fcm.sent).toHaveLength(2);
      expect(await story(id, 'bob')).toEqual([
        'accepted',
        'notified accepted',
        'sending unknown_after_write',
        'stored',
      ]);
    });
  });

  describe('follow the user’s and the tenant’s wishes', () => {
    it('says why nobody was told: no device, no provider, a mute, the hours of quiet', async () => {
      const { id: noDevice } = await bench.publish(push, chat(['ghost']));
      await phone('muted');
      await push.notifications.putPreferences('t', 'muted', { mutedThreads: { room: 0 } });
      const { id: muted } = await bench.publish(push, chat(['muted']));
      const { id: mentioned } = await bench.publish(
        push,
        chat(['muted'], { notification: { title: 'x', mentions: ['muted'] } }),
      );
      await push.putDevice(
        { tenant: 't', user: 'other', device: 'd' },
        { platform: 'ios', tokens: [{ provider: 'apns', token: 'ab' }] },
      );
      const { id: noProvider } = await bench.publish(push, chat(['other']));
      await bench.clock.advance(1000);
      expect(await story(noDevice, 'ghost')).toContain('suppressed no_device');
      expect(await story(muted, 'muted')).toContain('suppressed muted_thread');
      expect(await story(mentioned, 'muted')).toContain('notified accepted');
      expect(await story(noProvider, 'other')).toContain('suppressed no_provider');
      expect(await story(noProvider, 'ghost')).toContain('not_addressed');
    });

    it('joins a burst of one thread into a digest', async () => {
      await phone('bob');
      for (let i = 0; i < 10; i++) {
        await bench.publish(push, chat(['bob']));
        await bench.clock.advance(300);
      }
      await bench.clock.advance(1000);
      expect(fcm.sent).toHaveLength(3);
      await bench.clock.advance(120_000);
      expect(fcm.sent).toHaveLength(4);
      expect(fcm.sent[3]?.notification.data).toMatchObject({ count: '10' });
    });

    it('sends to the new owner of a token only', async () => {
      const moved: unknown[] = [];
      push.on('tokens_moved', ({ user, from }) => moved.push([user, from[0]?.user]));
      const tokens = [{ provider: 'fcm', token: 'same' }];
      await push.putDevice({ tenant: 't', user: 'ann', device: 'p' }, { platform: 'android', tokens });
      fcm.script.push({ kind: 'throttled', reason: '429', scope: 'device', retryAfterMs: 10_000 });
      const { id } = await bench.publish(push, chat(['ann']));
      await bench.clock.advance(500);
      await push.putDevice({ tenant: 't', user: 'bob', device: 'p' }, { platform: 'android', tokens });
      await bench.clock.advance(60_000);
      expect(fcm.sent).toHaveLength(1);
      expect(moved).toEqual([['bob', 'ann']]);
      expect(await story(id, 'ann')).toContain('suppressed no_token');
    });
  });
});
