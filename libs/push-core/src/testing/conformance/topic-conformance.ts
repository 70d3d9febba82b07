import { inByteOrder } from './device-conformance.js';
import type { StoreChapter } from './store-harness.js';
import { append, ODD_IDS, T0, TENANT } from './store-samples.js';

export function topicConformance({ runner: { describe, it, expect }, store, reopen }: StoreChapter): void {
  describe('topics', () => {
    const byTopic = <T extends { topic: string }>(all: readonly T[] = []) =>
      [...all].sort((a, b) => (a.topic < b.topic ? -1 : 1));
    const subscriptions = async (user: string) =>
      byTopic((await store().topics.subscriptions([{ tenant: TENANT, user }]))[0]);

    it('tell who is new, and who was there', async () => {
      expect(await store().topics.subscribe(TENANT, 'room', ['b', 'a', 'b'], T0)).toEqual(['b', 'a']);
      expect(await store().topics.subscribe(TENANT, 'room', ['c', 'a'], T0 + 1)).toEqual(['c']);
      expect(await store().topics.count(TENANT, 'room')).toEqual(3);
      expect(await store().topics.unsubscribe(TENANT, 'room', ['x', 'c', 'a', 'a'])).toEqual(['c', 'a']);
      expect(await store().topics.unsubscribe(TENANT, 'room', ['c'])).toEqual([]);
      expect(await store().topics.count(TENANT, 'room')).toEqual(1);
      expect(await store().topics.count(TENANT, 'never')).toEqual(0);
      expect(await store().topics.subscribe(TENANT, 'room', [], T0)).toEqual([]);
    });

    it('remember the head at which a user was subscribed', async () => {
      await store().topics.subscribe(TENANT, 'room', ['early'], T0);
      await store().messages.append([append('m1', ['room']), append('m2', ['room'])]);
      await store().topics.subscribe(TENANT, 'room', ['early', 'late'], T0);
      await store().topics.subscribe(TENANT, 'other', ['late'], T0);
      await reopen();
      expect(await subscriptions('early')).toEqual([{ topic: 'room', since: 0 }]);
      expect(await subscriptions('late')).toEqual([
        { topic: 'other', since: 0 },
        { topic: 'room', since: 2 },
      ]);
      await store().topics.unsubscribe(TENANT, 'room', ['early']);
      await store().topics.subscribe(TENANT, 'room', ['early'], T0);
      expect(await subscriptions('early')).toEqual([{ topic: 'room', since: 2 }]);
      expect(await subscriptions('nobody')).toEqual([]);
    });

    it('page through their subscribers by user', async () => {
      const users = [...ODD_IDS, ...Array.from({ length: 200 }, (_, i) => `user-${i}`)];
      await store().topics.subscribe(TENANT, 'room', users, T0 + 7);
      await store().topics.subscribe(TENANT, 'elsewhere', ['stranger'], T0);
      const seen: string[] = [];
      for (let after = ''; ; after = seen.at(-1) as string) {
        const page = await store().topics.subscribers(TENANT, 'room', after, 16);
        if (page.length === 0) break;
        expect(page.length <= 16 && page.every((one) => one.subscribedAt === T0 + 7)).toEqual(true);
        seen.push(...page.map((one) => one.user));
      }
      expect(seen).toEqual(inByteOrder(users));
    });

    it('of many users are answered in their order, the same user twice too', async () => {
      await store().topics.subscribe(TENANT, 'room', ['u', 'v'], T0);
      await store().topics.subscribe(TENANT, 'news', ['u'], T0);
      const ask = (user: string, tenant = TENANT) => ({ tenant, user });
      const answers = await store().topics.subscriptions([
        ask('v'),
        ask('never'),
        ask('u'),
        ask('u', 'other'),
        ask('v'),
      ]);
      const names = answers.map((all) => all.map((one) => one.topic).sort());
      expect(names).toEqual([['room'], [], ['news', 'room'], [], ['room']]);
      expect(await store().topics.subscriptions([])).toEqual([]);
      const thousand = await store().topics.subscriptions(
        Array.from({ length: 1000 }, (_, i) => ask(i ? `u${i}` : 'u')),
      );
      expect([thousand.length, thousand[0]?.length, thousand[1]?.length]).toEqual([1000, 2, 0]);
    });

    it('take ten thousand subscribers at once', async () => {
      const users = Array.from({ length: 10_000 }, (_, i) => `u${i}`);
      expect((await store().topics.subscribe(TENANT, 'room', users, T0)).length).toEqual(10_000);
      expect(await store().topics.count(TENANT, 'room')).toEqual(10_000);
    });

    it('keep what each device wishes until it is changed', async () => {
      const phone = { tenant: TENANT, user: 'u', device: 'phone' };
      const laptop = { ...phone, device: 'laptop' };
      await store().topics.setFollow(phone, { topic: 'room', following: false });
      await store().topics.setFollow(phone, { topic: 'news', following: true });
      await store().topics.setFollow(laptop, { topic: 'room', following: true });
      await store().topics.setFollow(phone, { topic: 'news', following: false });
      await reopen();
      const follows = await store().topics.follows([laptop, { ...phone, user: 'v' }, phone, laptop]);
      const onLaptop = [{ topic: 'room', following: true }];
      const onPhone = [
        { topic: 'news', following: false },
        { topic: 'room', following: false },
      ];
      expect(follows.map((one) => byTopic(one))).toEqual([onLaptop, [], onPhone, onLaptop]);
      expect(await store().topics.follows([])).toEqual([]);
    });
  });
}
