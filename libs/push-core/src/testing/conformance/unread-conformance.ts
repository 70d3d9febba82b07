import type { EntryFilter, Message } from '../../model/message.js';
import type { UnreadRequest } from '../../store/read-store.js';
import type { StoreChapter } from './store-harness.js';
import { append, message, ODD_IDS, T0, TENANT } from './store-samples.js';

export function unreadConformance({ runner: { describe, it, expect }, store, reopen }: StoreChapter): void {
  describe('unread', () => {
    const request = (over: Partial<UnreadRequest> = {}): UnreadRequest => ({
      tenant: TENANT,
      stream: 'room',
      user: 'u',
      now: T0,
      ...over,
    });
    const unread = async (over: Partial<UnreadRequest> = {}) => {
      const [counts] = await store().reads.unread([request(over)]);
      return Object.fromEntries(counts ?? []);
    };
    const epoch = async () => (await store().messages.states([{ tenant: TENANT, stream: 'room' }]))[0]?.epoch ?? '';
    const read = async (
      seq: number,
      thread?: string,
      over: { user?: string; stream?: string; epoch?: string } = {},
    ) => {
      const position = { epoch: over.epoch ?? (await epoch()), seq };
      const { user = 'u', stream = 'room' } = over;
      await store().reads.advance([{ tenant: TENANT, stream, user, thread, position, at: T0 }]);
    };
    const fill = (threads: readonly (string | undefined)[], over: Partial<Message> = {}) =>
      store().messages.append(threads.map((thread, i) => append(`m${i + 1}`, ['room'], { ...over, thread })));
    const fillFiltered = (filters: readonly (EntryFilter | undefined)[]) =>
      store().messages.append(
        filters.map((filter, i) => ({
          message: message(`f${i + 1}`, { thread: `t${i + 1}` }),
          targets: [filter ? { stream: 'room', filter } : { stream: 'room' }],
          when: 'now' as const,
        })),
      );

    it('is nothing in a stream nobody wrote to, and for no request', async () => {
      expect(await unread()).toEqual({});
      expect(await store().reads.unread([])).toEqual([]);
    });

    it('counts by thread what no mark covers, what has no thread under the empty name', async () => {
      await fill(['t1', undefined, 't2', 't1', undefined, 't1']);
      expect(await unread()).toEqual({ t1: 3, t2: 1, '': 2 });
      await read(4, 't1');
      expect(await unread()).toEqual({ t1: 1, t2: 1, '': 2 });
      await read(3);
      expect(await unread()).toEqual({ t1: 1, '': 1 });
      await reopen();
      expect(await unread()).toEqual({ t1: 1, '': 1 });
      await read(6);
      expect(await unread()).toEqual({});
      expect(await unread({ user: 'v' })).toEqual({ t1: 3, t2: 1, '': 2 });
    });

    it('goes by the higher of the two marks', async () => {
      await fill(['t1', 't1', 't1', 't1']);
      await read(3);
      await read(1, 't1');
      expect(await unread()).toEqual({ t1: 1 });
    });

    it('counts one thread where one is asked for', async () => {
      await fill(['t1', undefined, 't2', 't1']);
      expect(await unread({ thread: 't1' })).toEqual({ t1: 2 });
      expect(await unread({ thread: 't3' })).toEqual({});
      await read(1, 't1');
      expect(await unread({ thread: 't1' })).toEqual({ t1: 1 });
    });

    it('begins where the user was subscribed', async () => {
      await fill(['t1', 't1', 't1', undefined]);
      expect(await unread({ since: 2 })).toEqual({ t1: 1, '': 1 });
      expect(await unread({ since: 4 })).toEqual({});
      await read(3, 't1');
      expect(await unread({ since: 1 })).toEqual({ '': 1 });
    });

    it('does not go by a mark of another epoch', async () => {
      await fill(['t1', undefined]);
      await read(2, undefined, { epoch: 'other' });
      await read(2, 't1', { epoch: 'other' });
      expect(await unread()).toEqual({ t1: 1, '': 1 });
    });

    it('leaves out what has expired, and what was recalled', async () => {
      await store().messages.append([
        append('m1', ['room'], { expiresAt: T0 + 5 }),
        append('m2', ['room'], { expiresAt: T0 + 6 }),
        append('m3', ['room']),
      ]);
      expect(await unread({ now: T0 + 4 })).toEqual({ '': 3 });
      expect(await unread({ now: T0 + 5 })).toEqual({ '': 2 });
      await store().messages.recall(TENANT, 'm3', T0);
      expect(await unread({ now: T0 + 5 })).toEqual({ '': 1 });
    });

    it('leaves out what is not for the user, or not for the device', async () => {
      await fillFiltered([
        undefined,
        { only: ['d1'] },
        { exceptUsers: ['u', 'x'] },
        { exceptDevices: [{ user: 'u', device: 'd1' }] },
        { exceptUsers: ['v'], exceptDevices: [{ user: 'v', device: 'd1' }] },
      ]);
      expect(await unread()).toEqual({ t1: 1, t2: 1, t4: 1, t5: 1 });
      expect(await unread({ device: 'd1' })).toEqual({ t1: 1, t2: 1, t5: 1 });
      expect(await unread({ device: 'd2' })).toEqual({ t1: 1, t4: 1, t5: 1 });
      expect(await unread({ user: 'v', device: 'd1' })).toEqual({ t1: 1, t2: 1, t3: 1, t4: 1 });
    });

    it('counts filtered and unfiltered entries of a thread together, after the marks', async () => {
      const targets = [{ stream: 'room', filter: { only: ['d1'] } }];
      await fill(['t1', 't1']);
      for (const id of ['f1', 'f2'])
        await store().messages.append([{ message: message(id, { thread: 't1' }), targets, when: 'now' }]);
      await store().messages.append([
        { message: message('f3', { thread: 't1', expiresAt: T0 }), targets, when: 'now' },
      ]);
      expect(await unread({ device: 'd1' })).toEqual({ t1: 4 });
      expect(await unread({ device: 'd2' })).toEqual({ t1: 2 });
      await read(3, 't1');
      expect(await unread({ device: 'd1' })).toEqual({ t1: 1 });
      expect(await unread({ device: 'd2' })).toEqual({});
    });

    it('does not count what retention removed', async () => {
      await fill(['t1', 't1', 't1']);
      await store().messages.trim({ acceptedBefore: 0, keepPerStream: 2, limit: 10, now: 0 });
      expect(await unread()).toEqual({ t1: 2 });
    });

    it('answers many requests in their order, the same stream twice too', async () => {
      await store().messages.append([append('m1', ['a', 'b']), append('m2', ['b'], { thread: 't1' })]);
      await read(1, undefined, { stream: 'b', user: 'v' });
      const answers = await store().reads.unread([
        request({ stream: 'b' }),
        request({ stream: 'never' }),
        request({ stream: 'b', user: 'v' }),
        request({ stream: 'a' }),
        request({ stream: 'b', since: 2 }),
        request({ stream: 'b', thread: 't1' }),
      ]);
      expect(answers.map((counts) => Object.fromEntries(counts))).toEqual([
        { '': 1, t1: 1 },
        {},
        { t1: 1 },
        { '': 1 },
        {},
        { t1: 1 },
      ]);
    });

    it('tells odd threads, users and devices apart', async () => {
      await fill(ODD_IDS);
      for (const [i, id] of ODD_IDS.entries()) await read(i + 1, id, { user: id });
      for (const id of ODD_IDS) {
        const counts = await unread({ user: id, device: id });
        expect([Object.keys(counts).length, counts[id]]).toEqual([ODD_IDS.length - 1, undefined]);
        expect(await unread({ user: 'other', thread: id })).toEqual({ [id]: 1 });
      }
    });
  });
}
