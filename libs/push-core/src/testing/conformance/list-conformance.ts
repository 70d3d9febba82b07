import { CURSORS_LISTED, MESSAGES_LOOKED_AT, type MessagesRequest, type NamesRequest } from '../../store/list-store.js';
import type { StoreChapter } from './store-harness.js';
import { append, ODD_IDS, T0, TENANT } from './store-samples.js';

export function listConformance({ runner: { describe, it, expect }, store }: StoreChapter): void {
  describe('lists', () => {
    const two = (n: number) => String(n).padStart(2, '0');
    /** Messages `m00` … of user `u`, one a second; every third of another type, every fourth in a thread. */
    const fill = (count: number) =>
      store().messages.append(
        Array.from({ length: count }, (_, n) =>
          append(`m${two(n)}`, n % 2 ? ['@u'] : ['@u', 'room'], {
            to: { users: ['u'] },
            acceptedAt: T0 + n * 1000,
            type: n % 3 ? 'chat' : 'note',
            ...(n % 4 ? {} : { thread: 'x' }),
          }),
        ),
      );
    async function pages(request: Omit<MessagesRequest, 'tenant'>): Promise<string[][]> {
      const all: string[][] = [];
      for (let before: string | undefined; all.length < 100;) {
        const page = await store().lists.messages({ tenant: TENANT, ...request, before });
        all.push(page.messages.map(({ id }) => id));
        if (page.next === undefined) return all;
        before = page.next;
      }
      throw new Error('There is always another page');
    }
    const numbers = (...n: number[]) => n.map((one) => `m${two(one)}`);

    it('messages newest first, page by page, each once', async () => {
      await fill(7);
      await store().messages.append([append('m99', ['@u'], { tenant: 'other' })]);
      expect(await pages({ limit: 3 })).toEqual([numbers(6, 5, 4), numbers(3, 2, 1), numbers(0)]);
      expect(await pages({ limit: 7 })).toEqual([numbers(6, 5, 4, 3, 2, 1, 0)]);
      expect(await pages({ limit: 500, below: 'm03' })).toEqual([numbers(2, 1, 0)]);
    });

    it('messages of a stream, of a type, a thread, a time', async () => {
      await fill(10);
      expect((await pages({ limit: 2, stream: 'room' })).flat()).toEqual(numbers(8, 6, 4, 2, 0));
      expect((await pages({ limit: 2, stream: '@u', type: 'note' })).flat()).toEqual(numbers(9, 6, 3, 0));
      expect((await pages({ limit: 2, thread: 'x' })).flat()).toEqual(numbers(8, 4, 0));
      expect((await pages({ limit: 9, since: T0 + 3000, until: T0 + 6000 })).flat()).toEqual(numbers(5, 4, 3));
      expect((await pages({ limit: 9, stream: 'nobody' })).flat()).toEqual([]);
    });

    it('messages as they are stored: held, recalled, with their audience and without their data', async () => {
      const over = { to: { users: ['u', 'v'], all: false }, thread: 'x', dueAt: T0 + 9000 };
      await store().messages.append([{ ...append('held', [], over), when: 'hold' }, append('told', ['@u'])]);
      await store().messages.recall(TENANT, 'told', T0 + 5);
      const { messages } = await store().lists.messages({ tenant: TENANT, limit: 9 });
      const { data: _, options: __, ...told } = append('told', []).message;
      const { data: ___, options: ____, ...held } = append('held', [], over).message;
      expect(messages).toEqual([
        { ...told, recalledAt: T0 + 5, held: false },
        { ...held, held: true },
      ]);
    });

    it('no more messages are looked at than a page may, and the next one goes on there', async () => {
      const many = MESSAGES_LOOKED_AT + 10;
      for (let from = 0; from < many; from += 1000)
        await store().messages.append(
          Array.from({ length: Math.min(1000, many - from) }, (_, n) =>
            append(`m${String(from + n).padStart(5, '0')}`, [], from + n === 3 ? { type: 'rare' } : {}),
          ),
        );
      const first = await store().lists.messages({ tenant: TENANT, limit: 5, type: 'rare' });
      expect([first.messages.length, first.next === undefined]).toEqual([0, false]);
      const second = await store().lists.messages({ tenant: TENANT, limit: 5, type: 'rare', before: first.next });
      expect(second.messages.map(({ id }) => id)).toEqual(['m00003']);
    });

    async function names(list: 'users' | 'topics', request: Partial<NamesRequest>): Promise<string[]> {
      const all: string[] = [];
      for (let after = request.after ?? ''; ;) {
        const given = { tenant: TENANT, prefix: '', limit: 2, ...request, after };
        const page =
          list === 'users'
            ? (await store().lists.users(given)).map(({ user }) => user)
            : (await store().lists.topics(given)).map(({ topic }) => topic);
        all.push(...page);
        if (page.length < given.limit) return all;
        after = page.at(-1) as string;
      }
    }

    it('users who have a device, were connected, or have a stream, by name, each once', async () => {
      const { devices, presence, messages } = store();
      const device = { tenant: TENANT, device: 'd', platform: 'ios', tokens: [], registeredAt: T0, updatedAt: T0 };
      for (const user of ['ann', 'bob', 'b']) await devices.put({ ...device, user });
      await devices.put({ ...device, user: 'bob', device: 'd2' });
      await devices.put({ ...device, user: 'zoe', tenant: 'other' });
      const move = { connection: 'c', node: 'n', transport: 'ws', online: true, at: T0, device: 'd', tenant: TENANT };
      await presence.record([
        { ...move, user: 'bob' },
        { ...move, user: 'bobby' },
      ]);
      await messages.append([append('m', ['@carl', '@bob', '@', 'room'])]);
      expect(await names('users', {})).toEqual(['ann', 'b', 'bob', 'bobby', 'carl']);
      expect(await names('users', { prefix: 'b' })).toEqual(['b', 'bob', 'bobby']);
      expect(await names('users', { prefix: 'bob', limit: 1 })).toEqual(['bob', 'bobby']);
      expect(await names('users', { prefix: 'c', after: 'b' })).toEqual(['carl']);
      expect(await names('users', { prefix: 'x' })).toEqual([]);
      const request = { tenant: TENANT, prefix: 'bob', after: '', limit: 9 };
      expect(await store().lists.users(request)).toEqual([
        { user: 'bob', devices: 2 },
        { user: 'bobby', devices: 0 },
      ]);
    });

    it('topics with a subscriber or an entry, and how many they are', async () => {
      const { topics, messages } = store();
      await topics.subscribe(TENANT, 'room', ['u', 'v', 'w'], T0);
      await topics.subscribe(TENANT, 'room-7', ['u'], T0);
      await topics.subscribe('other', 'roof', ['u'], T0);
      await messages.append([append('m', ['news', 'room', '@u', '@']), append('m2', ['news', '!first', '~last'])]);
      expect(await names('topics', {})).toEqual(['!first', 'news', 'room', 'room-7', '~last']);
      expect(await names('topics', { prefix: 'roo' })).toEqual(['room', 'room-7']);
      expect(await names('topics', { prefix: 'room', after: 'room' })).toEqual(['room-7']);
      expect(await store().lists.topics({ tenant: TENANT, prefix: 'n', after: '', limit: 9 })).toEqual([
        { topic: 'news', subscribers: 0, head: 2 },
      ]);
      expect(await store().lists.topics({ tenant: TENANT, prefix: 'room', after: '', limit: 9 })).toEqual([
        { topic: 'room', subscribers: 3, head: 1 },
        { topic: 'room-7', subscribers: 1, head: 0 },
      ]);
    });

    it('names of any kind, by code point, page by page', async () => {
      const { topics, messages } = store();
      for (const id of ODD_IDS) await topics.subscribe(TENANT, id, ['u'], T0);
      await messages.append([
        append(
          'm',
          ODD_IDS.map((id) => `@${id}`),
        ),
      ]);
      const sorted = [...ODD_IDS].sort((a, b) => compared(a, b));
      expect(await names('users', { limit: 4 })).toEqual(sorted);
      expect(await names('topics', { limit: 4 })).toEqual(sorted);
      for (const id of ODD_IDS)
        expect(await names('users', { prefix: id })).toEqual(sorted.filter((one) => one.startsWith(id)));
    });

    it('cursors of a user, by device and stream', async () => {
      const move = (device: string, stream: string, seq: number, user = 'u') => ({
        ...{ tenant: TENANT, user, device, stream },
        position: { epoch: 'e', seq },
      });
      await store().cursors.advance([move('d2', '@u', 3), move('d1', 'room', 2), move('d1', '@u', 1)]);
      await store().cursors.advance([move('d1', 'room', 9, 'v')]);
      expect(await store().lists.cursors({ tenant: TENANT, user: 'u' })).toEqual([
        { device: 'd1', stream: '@u', position: { epoch: 'e', seq: 1 } },
        { device: 'd1', stream: 'room', position: { epoch: 'e', seq: 2 } },
        { device: 'd2', stream: '@u', position: { epoch: 'e', seq: 3 } },
      ]);
      const many = Array.from({ length: CURSORS_LISTED + 5 }, (_, n) => move(`x${n}`, '@w', 1, 'w'));
      await store().cursors.advance(many);
      expect((await store().lists.cursors({ tenant: TENANT, user: 'w' })).length).toEqual(CURSORS_LISTED);
      expect(await store().lists.cursors({ tenant: TENANT, user: 'nobody' })).toEqual([]);
    });
  });
}

/** By code point. */
function compared(a: string, b: string): number {
  const [x, y] = [[...a], [...b]];
  for (let at = 0; at < Math.min(x.length, y.length); at++) {
    const order = (x[at]?.codePointAt(0) ?? 0) - (y[at]?.codePointAt(0) ?? 0);
    if (order !== 0) return order;
  }
  return x.length - y.length;
}
