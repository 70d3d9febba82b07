import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { PublishInput } from '../model/publish-input.js';
import { EngineBench } from '../online/engine.fixture.js';
import type { PushOptions } from '../options.js';
import type { Hooks, NotifyDecision } from '../plugin.js';
import type { Push } from '../push.js';
import { noHttp, ScriptedProvider } from './scripted-provider.fixture.js';

type About = Parameters<Hooks['notify']>[0];

const chat = (users: string[], more: Partial<PublishInput> = {}): PublishInput => ({
  to: { users },
  type: 'chat.message',
  thread: 'room',
  data: { n: 1 },
  notification: { title: 'Ann', body: 'Hi' },
  ...more,
});
const GO: NotifyDecision = { allow: true };
const REFUSED: NotifyDecision = { allow: false, reason: 'not this one' };

describe('the hook notify', () => {
  let bench: EngineBench;
  let fcm: ScriptedProvider;
  let push: Push;
  let asked: About[];
  let trouble: { during: string; error: unknown }[];
  /** What it answers. */
  let word: (about: About) => NotifyDecision | Promise<NotifyDecision>;

  const engine = async (more: Partial<PushOptions> = {}): Promise<Push> => {
    const one = await bench.engine({
      offline: { providers: [fcm], http: noHttp },
      random: () => 0.5,
      plugins: [
        {
          name: 'host',
          hooks: {
            notify: (about) => {
              asked.push(about);
              return word(about);
            },
          },
        },
      ],
      ...more,
    });
    await one.notifications.putProvider('t', 'fcm', { project: 'p' });
    one.on('trouble', (event) => trouble.push(event));
    return one;
  };
  const phone = (user: string, device = 'phone') =>
    push.putDevice(
      { tenant: 't', user, device },
      { platform: 'android', tokens: [{ provider: 'fcm', token: `${user}-${device}` }] },
    );
  const story = async (id: string, user: string) =>
    (await push.explain('t', id, user)).steps.map(({ what, reason }) => (reason ? `${what} ${reason}` : what));
  const titles = () => fcm.sent.map(({ notification }) => notification.title);

  beforeEach(async () => {
    bench = new EngineBench();
    fcm = new ScriptedProvider();
    asked = [];
    trouble = [];
    word = () => GO;
    push = await engine();
  });
  afterEach(() => bench.close());

  it('is told of whom, of what, and in which words, once for all devices', async () => {
    await phone('bob');
    await phone('bob', 'tablet');
    const { id } = await bench.publish(push, chat(['bob']));
    await bench.clock.advance(60_000);
    expect(asked).toEqual([
      {
        tenant: 't',
        user: 'bob',
        message: { id, type: 'chat.message', thread: 'room', data: { n: 1 } },
        notification: { title: 'Ann', body: 'Hi' },
      },
    ]);
    expect(fcm.to.sort()).toEqual(['bob/phone', 'bob/tablet']);
  });

  it('is not asked about those policy tells nothing, nor about those who acknowledged', async () => {
    await phone('muted');
    await phone('u1', 'd1');
    await push.notifications.putPreferences('t', 'muted', { mutedThreads: { room: 0 } });
    const link = await bench.connect(push);
    await bench.publish(push, chat(['muted', 'without-device', 'u1']));
    await link.say({ op: 'ack', s: '@me', seq: 1 });
    await bench.clock.advance(60_000);
    expect([asked, fcm.sent]).toEqual([[], []]);
  });

  it('keeps a notification from being sent, which is explained', async () => {
    await phone('bob');
    await phone('eve');
    word = ({ user }) => (user === 'eve' ? REFUSED : GO);
    const { id } = await bench.publish(push, chat(['bob', 'eve']));
    await bench.clock.advance(60_000);
    expect(fcm.to).toEqual(['bob/phone']);
    expect(await story(id, 'eve')).toEqual(['accepted', 'suppressed hook', 'stored']);
    expect((await push.message('t', id)).counts).toMatchObject({ notified: 1, failed: 0 });
    expect(asked).toHaveLength(2);
  });

  it('changes what is shown, and what the next plugin is asked about', async () => {
    const second = jest.fn((about: About): NotifyDecision => {
      return { allow: true, notification: { ...about.notification, sound: 'ding' } };
    });
    word = ({ notification }) => ({ allow: true, notification: { ...notification, title: 'Somebody' } });
    const plugins = [
      { name: 'first', hooks: { notify: (about: About) => word(about) } },
      { name: 'none', hooks: {} },
      { name: 'second', hooks: { notify: second } },
    ];
    push = await engine({ plugins });
    await phone('bob');
    await bench.publish(push, chat(['bob']));
    await bench.clock.advance(500);
    expect(fcm.sent[0]?.notification).toMatchObject({ title: 'Somebody', sound: 'ding' });
    expect(second.mock.calls[0]?.[0].notification.title).toBe('Somebody');
  });

  it('ends with the first plugin that refuses', async () => {
    const second = jest.fn(() => GO);
    push = await engine({
      plugins: [
        { name: 'first', hooks: { notify: () => REFUSED } },
        { name: 'second', hooks: { notify: second } },
      ],
    });
    await phone('bob');
    await bench.publish(push, chat(['bob']));
    await bench.clock.advance(500);
    expect([second.mock.calls.length, fcm.sent.length]).toEqual([0, 0]);
  });

  it('changes nothing by writing into what it is given', async () => {
    await phone('bob');
    word = ({ notification }) => {
      (notification as { title?: string }).title = 'written into';
      return GO;
    };
    await bench.publish(push, chat(['bob']));
    await bench.clock.advance(500);
    expect(titles()).toEqual(['Ann']);
  });

  it('is asked again when it is tried again, and the change counts then too', async () => {
    await phone('bob');
    fcm.script.push({ kind: 'transient', reason: '503' });
    word = () => ({ allow: true, notification: { title: `ask ${asked.length}` } });
    await bench.publish(push, chat(['bob']));
    await bench.clock.advance(60_000);
    expect(titles()).toEqual(['ask 1', 'ask 2']);
  });

  it('can refuse what waited for another try', async () => {
    await phone('bob');
    fcm.script.push({ kind: 'transient', reason: '503' });
    word = () => (asked.length > 1 ? REFUSED : GO);
    const { id } = await bench.publish(push, chat(['bob']));
    await bench.clock.advance(60_000);
    expect(fcm.sent).toHaveLength(1);
    expect(await story(id, 'bob')).toContain('suppressed hook');
  });

  it('is asked about every user of a topic, of everybody and of a long list, and only its word decides', async () => {
    const users = Array.from({ length: 1200 }, (_, i) => `m${i}`);
    for (const user of users) await phone(user);
    await push.subscribe('t', 'news', users.slice(0, 40));
    word = ({ user }) => (Number(user.slice(1)) % 2 === 0 ? GO : REFUSED);
    for (const [to, count, thread] of [
      [{ topics: ['news'] }, 40, 'a'],
      [{ users }, 1200, 'b'],
      [{ all: true }, 1200, 'c'],
    ] as const) {
      asked = [];
      fcm.sent.length = 0;
      await bench.publish(push, chat([], { to, thread }));
      await bench.clock.advance(20_000);
      expect(new Set(asked.map(({ user }) => user)).size).toBe(count);
      expect(asked).toHaveLength(count);
      expect(fcm.sent).toHaveLength(count / 2);
      expect(fcm.sent.every(({ address }) => Number(address.user.slice(1)) % 2 === 0)).toBe(true);
    }
  });

  describe('that fails', () => {
    it('loses nothing, sends nothing, and is asked again', async () => {
      await phone('bob');
      word = () => {
        if (asked.length < 4) throw new Error('no database');
        return GO;
      };
      const { id } = await bench.publish(push, chat(['bob']));
      await bench.clock.advance(300);
      expect(fcm.sent).toHaveLength(0);
      expect(await story(id, 'bob')).toContain('waiting hook_failed');
      expect(trouble).toMatchObject([{ during: 'hook notify of plugin host', error: { message: 'no database' } }]);
      await bench.clock.advance(60_000);
      expect(titles()).toEqual(['Ann']);
      expect([asked.length, trouble.length]).toEqual([4, 3]);
      expect(await story(id, 'bob')).toContain('notified accepted');
    });

    it('suffers for itself alone: others are told at once', async () => {
      await phone('bob');
      await phone('eve');
      word = ({ user }) => (user === 'eve' ? Promise.reject(new Error('eve')) : GO);
      await bench.publish(push, chat(['bob', 'eve']));
      await bench.clock.advance(300);
      expect(fcm.to).toEqual(['bob/phone']);
    });

    it('is asked so often and no more; the notification is among the dead, and can be replayed', async () => {
      await phone('bob');
      const failed: unknown[] = [];
      push.on('failed', ({ user, state, reason }) => failed.push([user, state, reason]));
      word = () => Promise.reject(new Error('for good'));
      const { id } = await bench.publish(push, chat(['bob']));
      await bench.clock.advance(3_600_000);
      expect(asked).toHaveLength(8);
      expect(failed).toEqual([['bob', 'dead', 'hook_failed']]);
      expect(await story(id, 'bob')).toContain('dead hook_failed');
      word = () => GO;
      expect(await push.notifications.replay('t')).toBe(1);
      await bench.clock.advance(1000);
      expect(titles()).toEqual(['Ann']);
    });

    it('counts one that never answers, and goes on', async () => {
      await phone('bob');
      await phone('eve');
      word = ({ user }) => (user === 'eve' ? new Promise(() => undefined) : GO);
      const { id } = await bench.publish(push, chat(['bob', 'eve']));
      await bench.clock.advance(1500);
      expect(fcm.to).toEqual(['bob/phone']);
      expect(await story(id, 'eve')).toContain('waiting hook_failed');
      expect(trouble[0]).toMatchObject({ error: { message: 'It did not answer within 1000 ms' } });
    });

    it('counts a change that is not valid, naming the field', async () => {
      await phone('bob');
      word = () => ({ allow: true, notification: { title: 7 } as never });
      await bench.publish(push, chat(['bob']));
      await bench.clock.advance(300);
      expect(fcm.sent).toHaveLength(0);
      expect(trouble[0]?.error).toMatchObject({ code: 'INVALID', field: 'notification.title' });
    });

    it('is told of once, however many users it failed for', async () => {
      for (let i = 0; i < 20; i++) await phone(`m${i}`);
      word = () => Promise.reject(new Error('no database'));
      await bench.publish(push, chat(Array.from({ length: 20 }, (_, i) => `m${i}`)));
      await bench.clock.advance(300);
      expect([asked.length, trouble.length]).toEqual([20, 1]);
    });

    it('costs no provider its share of retries: what it held back is sent when it works again', async () => {
      const users = Array.from({ length: 100 }, (_, i) => `m${i}`);
      for (const user of users) await phone(user);
      let isDown = true;
      word = () => (isDown ? Promise.reject(new Error('down')) : GO);
      await bench.publish(push, chat(users));
      await bench.clock.advance(5000);
      isDown = false;
      await bench.clock.advance(6000);
      expect(new Set(fcm.to).size).toBe(100);
    });

    it('leaves a burst what it is: three are told at most, and what comes later tells of all', async () => {
      await phone('bob');
      word = () => Promise.reject(new Error('down'));
      for (let i = 0; i < 10; i++) {
        await bench.publish(push, chat(['bob']));
        await bench.clock.advance(300);
      }
      word = () => GO;
      await bench.clock.advance(10_000);
      expect(fcm.sent.length).toBeLessThanOrEqual(3);
      await bench.clock.advance(120_000);
      expect(fcm.sent.at(-1)?.notification.data).toMatchObject({ count: '10' });
    });
  });

  it('leaves the rest of a digest to be told of where it refuses the newest', async () => {
    await phone('bob');
    for (let i = 0; i < 6; i++) {
      await bench.publish(push, chat(['bob'], { data: { n: i } }));
      await bench.clock.advance(300);
    }
    expect(fcm.sent).toHaveLength(3);
    word = ({ message }) => ((message.data as { n: number }).n === 5 ? REFUSED : GO);
    await bench.clock.advance(120_000);
    expect(fcm.sent).toHaveLength(4);
    expect(fcm.sent[3]?.notification.data.seq).toBe('5');
  });
});
