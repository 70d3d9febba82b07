import type { ErasedCounts, EraseSubject } from '../../store/erase-store.js';
import type { Store } from '../../store/store.js';
import { row } from './notification-samples.js';
import type { StoreChapter } from './store-harness.js';
import { append, appendOne, contents, ODD_IDS, placesOf, seqsOf, T0, TENANT, withKey } from './store-samples.js';

const AT = T0 + 1000;

/** Erases as an engine does, and answers what was counted. */
async function erase(store: Store, subject: EraseSubject, { limit = 3, mark = 'r1', at = AT } = {}) {
  const job = { tenant: subject.tenant, kind: 'erase', id: subject.user ?? 'all', payload: '{}', position: 0, size: 1 };
  await store.erase.begin({ ...subject, at, mark, job: { ...job, dueAt: at } });
  const sum: Record<string, number> = {};
  for (let from: string | undefined; ;) {
    const { counts, next, isBusy } = await store.erase.step({ ...subject, at, mark, from, limit });
    for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
    if (isBusy) throw new Error('Others are at work on it');
    if (next === undefined) break;
    from = next;
  }
  await store.erase.end({ ...subject, at, job });
  return sum as Partial<ErasedCounts>;
}

export function eraseConformance({ runner: { describe, it, expect }, store, reopen }: StoreChapter): void {
  /** Of what was answered, what is asked about. */
  const expectOf = (given: object | undefined, wanted: object): void => {
    const answers: Readonly<Record<string, unknown>> = { ...given };
    expect(Object.fromEntries(Object.keys(wanted).map((name) => [name, answers[name]]))).toEqual(wanted);
  };

  describe('erasing a user', () => {
    const ref = (user: string, device = 'd', tenant = TENANT) => ({ tenant, user, device });
    const device = (user: string, token: string) => ({
      ...ref(user),
      platform: 'ios',
      tokens: [{ provider: 'apns', token }],
      registeredAt: T0,
      updatedAt: T0,
    });
    const to = (...users: string[]) => ({ to: { users } });
    const state = async (stream: string, tenant = TENANT) => (await store().messages.states([{ tenant, stream }]))[0];

    /** Everything a user can leave behind. */
    async function live(user: string): Promise<void> {
      const { messages, devices, topics, cursors, reads, presence, preferences, notifications, jobs } = store();
      await devices.put(device(user, `token of ${user}`));
      await topics.subscribe(TENANT, 'room', [user], T0);
      await topics.setFollow(ref(user), { topic: 'news', following: true });
      const [place] = placesOf(await appendOne(messages, append(`to ${user}`, [`@${user}`], to(user))));
      const position = { epoch: place?.epoch ?? '', seq: 1 };
      await cursors.advance([{ ...ref(user), stream: `@${user}`, position }]);
      await reads.advance([{ tenant: TENANT, user, stream: `@${user}`, position, at: T0 }]);
      const move = { connection: 'c', node: 'n', transport: 'ws', online: true, at: T0 };
      await presence.record([{ ...ref(user), ...move }]);
      await preferences.put(ref(user), { mutedThreads: { [user]: 0 } }, T0);
      const offline = { tenant: TENANT, kind: 'offline', id: `to ${user}` };
      const job = { ...offline, payload: '{}', position: 0, size: 1, dueAt: 0 };
      await messages.append([{ ...append(`to ${user}`, [], to(user)) }, { ...append(`job ${user}`, []), job }]);
      const taken = await jobs.take({
        kind: 'offline',
        owner: 'o',
        now: T0,
        leaseUntil: T0 + 9,
        limit: 9,
        perTenant: 9,
      });
      const steps = taken.map((one) => ({ job: one, owner: 'o', payload: undefined, leaseUntil: T0 }));
      await notifications.decide(
        steps.map((one) => ({ ...one, rows: [row([`to ${user}`, user, 'd'])] })),
        T0,
      );
      await store().access.putTicket(
        { digest: `ticket of ${user}`, identity: JSON.stringify(ref(user)), expiresAt: T0 + 30_000 },
        T0,
      );
    }

    async function traces(user: string): Promise<Record<string, unknown>> {
      const { devices, topics, cursors, reads, presence, preferences, notifications, lists } = store();
      const [cursor] = await cursors.load([ref(user)]);
      const [marks] = await reads.changedSince([{ tenant: TENANT, user, since: 0 }]);
      const [seen] = await presence.load(TENANT, [user], T0);
      const [wishes] = await preferences.load([ref(user)]);
      const [follows] = await topics.follows([ref(user)]);
      const [subscriptions] = await topics.subscriptions([ref(user)]);
      return {
        devices: (await devices.list(TENANT, user)).length,
        tokens: (await devices.users(TENANT, '', 100)).filter((one) => one === user).length,
        subscriptions: subscriptions?.length,
        subscribers: (await topics.subscribers(TENANT, 'room', '', 100)).filter((one) => one.user === user).length,
        follows: follows?.length,
        cursors: cursor?.size,
        marks: marks?.length,
        presence: seen?.length,
        preferences: Object.keys(wishes ?? {}).length,
        notifications: (await notifications.find(TENANT, `to ${user}`, { limit: 9 })).length,
        messages: (await store().messages.find(TENANT, `to ${user}`)) === undefined ? 0 : 1,
        entries: (await contents(store().messages, `@${user}`)).length,
        listed: (await lists.users({ tenant: TENANT, prefix: '', after: '', limit: 100 })).filter(
          (one) => one.user === user,
        ).length,
        ticket: (await store().access.takeTicket(`ticket of ${user}`)) === undefined ? 0 : 1,
      };
    }

    it('leaves nothing of it, and everything of others, whatever it is called', async () => {
      for (const user of ["o'%", 'a"b\\c']) {
        await live(user);
        await live(`${user}2`);
        const counts = await erase(store(), { tenant: TENANT, user });
        expectOf(counts, { messages: 1, entries: 1, devices: 1, subscriptions: 1, notifications: 1 });
        const left = await traces(user);
        expect(Object.entries(left).filter(([, count]) => count !== 0)).toEqual([]);
        const theirs = await traces(`${user}2`);
        expect(Object.entries(theirs).filter(([, count]) => count !== 1)).toEqual([]);
      }
    });

    it('takes the name out of messages to others too', async () => {
      const { messages } = store();
      const except = { users: ['u', 'x'], devices: [{ user: 'u', device: 'd' }] };
      const audience = { users: ['u', 'v'], devices: [{ user: 'u', device: 'd' }], topics: ['room'], except };
      const filter = { exceptUsers: ['u', 'x'], exceptDevices: [{ user: 'u', device: 'd' }] };
      await messages.append([
        {
          ...append('many', [], { to: audience, notification: { title: 'Hi', mentions: ['u', 'v'] } }),
          targets: [{ stream: '@u' }, { stream: '@v' }, { stream: 'room', filter }],
        },
        { ...append('held', [], { to: { users: ['u', 'v'] }, dueAt: T0 + 5000 }), when: 'hold' },
        { ...append('held for u', [], { to: { users: ['u'] }, dueAt: T0 + 5000 }), when: 'hold' },
        append('to uu', ['@uu'], { to: { users: ['uu'] } }),
      ]);
      const counts = await erase(store(), { tenant: TENANT, user: 'u' });
      expectOf(counts, { messages: 1, audiences: 2, entries: 1 });
      const found = await messages.find(TENANT, 'many');
      expect(found?.message.to).toEqual({ users: ['v'], topics: ['room'], except: { users: ['x'] } });
      expect(found?.message.notification).toEqual({ title: 'Hi', mentions: ['v'] });
      expect(found?.places.map((place) => place.stream).sort()).toEqual(['@v', 'room']);
      const [room] = await messages.read([{ tenant: TENANT, stream: 'room', after: 0, limit: 9 }]);
      expect(room?.entries.map((entry) => entry.filter)).toEqual([{ exceptUsers: ['x'] }]);
      expect((await messages.find(TENANT, 'held'))?.message.to).toEqual({ users: ['v'] });
      expect(await messages.find(TENANT, 'held for u')).toEqual(undefined);
      expect((await messages.find(TENANT, 'to uu'))?.message.to).toEqual({ users: ['uu'] });
    });

    it('removes idempotency keys of messages to it alone, and no others', async () => {
      const { messages } = store();
      const own = withKey(append('own', ['@u'], to('u')), 'key 1 ', 'f');
      const shared = withKey(append('shared', ['@u', '@v'], to('u', 'v')), 'key 2', 'f');
      await messages.append([own, shared]);
      await erase(store(), { tenant: TENANT, user: 'u' });
      const again = (request: typeof own, id: string) =>
        messages.append([{ ...request, message: { ...request.message, id } }]);
      expectOf((await again(shared, 'shared2'))[0], { kind: 'duplicate', id: 'shared' });
      expectOf((await again(own, 'own2'))[0], { kind: 'stored' });
    });

    it('lets it begin anew: at 1, under another epoch, for good, and again under another', async () => {
      const { messages } = store();
      const before = await state('@u');
      await messages.append([append('m1', ['@u'], to('u')), append('m2', ['@u'], to('u'))]);
      const [other] = placesOf(await appendOne(messages, append('m3', ['@w'], to('w'))));
      await erase(store(), { tenant: TENANT, user: 'u' });
      const between = await state('@u');
      expectOf(between, { head: 0, first: 1 });
      expect(between?.epoch === before?.epoch).toEqual(false);
      const again = await appendOne(messages, append('m4', ['@u'], { ...to('u'), acceptedAt: AT + 1 }));
      expect(seqsOf(again)).toEqual([1]);
      expect(placesOf(again)[0]?.epoch).toEqual(between?.epoch);
      expectOf(await state('@u'), { head: 1, epoch: between?.epoch });
      expect((await state('@w'))?.epoch).toEqual(other?.epoch);
      expect((await messages.find(TENANT, 'm4'))?.places).toEqual(placesOf(again));
      expect(await messages.placesIn({ tenant: TENANT, id: 'm4' }, ['@u'])).toEqual(placesOf(again));
      await messages.recall(TENANT, 'm4', AT + 2);
      const [recalled] = await messages.recalledSince([{ tenant: TENANT, stream: '@u' }], 0);
      expect(recalled?.epoch).toEqual(between?.epoch);
      await reopen();
      expect((await state('@u'))?.epoch).toEqual(between?.epoch);
      await erase(store(), { tenant: TENANT, user: 'u' }, { mark: 'r2', at: AT + 5 });
      expect([before?.epoch, between?.epoch].includes((await state('@u'))?.epoch)).toEqual(false);
    });

    it('counts as unread what its new life holds, by marks of that life', async () => {
      const { messages, reads } = store();
      await messages.append([append('m1', ['@u'], to('u'))]);
      await erase(store(), { tenant: TENANT, user: 'u' });
      const texts = ['n1', 'n2'].map((id) => append(id, ['@u'], { ...to('u'), acceptedAt: AT + 1, thread: 'x' }));
      await messages.append(texts);
      const asked = { tenant: TENANT, user: 'u', stream: '@u', now: AT };
      expect((await reads.unread([asked]))[0]?.get('x')).toEqual(2);
      const position = { epoch: (await state('@u'))?.epoch ?? '', seq: 1 };
      await reads.advance([{ tenant: TENANT, user: 'u', stream: '@u', thread: 'x', position, at: AT + 2 }]);
      expect((await reads.unread([asked]))[0]?.get('x')).toEqual(1);
      await reads.advance([{ tenant: TENANT, user: 'u', stream: '@u', position: { ...position, seq: 2 }, at: AT + 3 }]);
      expect([...((await reads.unread([asked]))[0]?.values() ?? [])]).toEqual([]);
    });

    it('keeps what was accepted after it was asked for', async () => {
      const { messages } = store();
      const later = { acceptedAt: AT + 1, dueAt: AT + 5000 };
      await messages.append([{ ...append('later', [], { ...to('u', 'v'), ...later }), when: 'hold' }]);
      await erase(store(), { tenant: TENANT, user: 'u' });
      expect((await messages.find(TENANT, 'later'))?.message.to).toEqual({ users: ['u', 'v'] });
    });

    it('waits for a long audience that is being appended', async () => {
      const job = { tenant: TENANT, kind: 'fan-out', id: 'long', payload: '{}', position: 0, size: 2, dueAt: 0 };
      await store().messages.append([{ ...append('long', [], to('u', 'v')), job }]);
      let thrown: unknown;
      await erase(store(), { tenant: TENANT, user: 'u' }).catch((error: unknown) => (thrown = error));
      expect(String(thrown).includes('at work')).toEqual(true);
      expect((await store().messages.find(TENANT, 'long'))?.message.to).toEqual({ users: ['u', 'v'] });
    });

    it('refuses its older tokens by something else than its name, until that is forgotten', async () => {
      const revoked = async (user: string) => (await store().access.revokedAt([{ tenant: TENANT, user }]))[0];
      await store().erase.begin({
        ...{ tenant: TENANT, user: 'u', at: AT, mark: 'r1' },
        job: { tenant: TENANT, kind: 'erase', id: 'u', payload: '{}', position: 0, size: 1, dueAt: AT },
      });
      expect((await store().access.revokedSince(0)).map((one) => one.user)).toEqual(['u']);
      expectOf(await store().jobs.find({ tenant: TENANT, kind: 'erase', id: 'u' }), { dueAt: AT });
      await erase(store(), { tenant: TENANT, user: 'u' });
      await reopen();
      expect(await revoked('u')).toEqual(AT);
      expect(await revoked('v')).toEqual(undefined);
      expect((await store().access.revokedSince(0)).filter((one) => one.user === 'u')).toEqual([]);
      expect(await store().jobs.find({ tenant: TENANT, kind: 'erase', id: 'u' })).toEqual(undefined);
      await store().access.revoke({ tenant: TENANT, user: 'other', at: T0 });
      await store().erase.forget(AT);
      expect(await revoked('u')).toEqual(AT);
      await store().erase.forget(AT + 1);
      expect([await revoked('u'), await revoked('other')]).toEqual([undefined, T0]);
    });

    it('does nothing where there is nothing, and the same again when begun anew', async () => {
      const counts = await erase(store(), { tenant: TENANT, user: 'nobody' });
      expect(Object.values(counts).filter((count) => count !== 0)).toEqual([]);
      await live('u');
      const request = { tenant: TENANT, user: 'u', at: AT, mark: 'r1', limit: 1 };
      await store().erase.step(request);
      await reopen();
      await erase(store(), { tenant: TENANT, user: 'u' });
      expect(Object.values(await traces('u')).filter((count) => count !== 0)).toEqual([]);
    });

    it('leaves nothing of a tenant, and everything of another', async () => {
      await live('u');
      await store().settings.put({ tenant: TENANT, name: 'policy' }, '{}', T0);
      await store().access.revoke({ tenant: TENANT, user: 'u', at: T0 });
      await store().messages.append(ODD_IDS.map((id) => append(id, [`@${id}`, 'room'], to(id))));
      const theirs = { ...append('m', ['@u', 'room'], to('u')), tenant: 'other' };
      await store().messages.append([{ ...theirs, message: { ...theirs.message, tenant: 'other' } }]);
      const epoch = (await state('room'))?.epoch;
      const counts = await erase(store(), { tenant: TENANT });
      expectOf(counts, { devices: 1, subscriptions: 1, notifications: 1, entries: ODD_IDS.length * 2 + 1 });
      expect(Object.values(await traces('u')).filter((count) => count !== 0)).toEqual([]);
      expect(await store().lists.messages({ tenant: TENANT, limit: 10 })).toEqual({ messages: [] });
      expect(await store().lists.topics({ tenant: TENANT, prefix: '', after: '', limit: 10 })).toEqual([]);
      expect(await store().settings.list(TENANT, '')).toEqual([]);
      expect(await store().access.revokedSince(0)).toEqual([]);
      expectOf(await state('room'), { head: 0 });
      expect((await state('room'))?.epoch === epoch).toEqual(false);
      expect(await contents(store().messages, '@u', 'other')).toEqual([[1, 'm']]);
    });
  });
}
