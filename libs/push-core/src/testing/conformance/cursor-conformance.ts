import type { CursorMove } from '../../store/cursor-store.js';
import type { StoreChapter } from './store-harness.js';
import { ODD_IDS, TENANT } from './store-samples.js';

const move = (user: string, device: string, stream: string, seq: number, epoch = 'e1'): CursorMove => ({
  tenant: TENANT,
  user,
  device,
  stream,
  position: { epoch, seq },
});

export function cursorConformance({ runner: { describe, it, expect }, store, reopen }: StoreChapter): void {
  describe('cursors', () => {
    const load = async (user: string, device: string) =>
      Object.fromEntries((await store().cursors.load([{ tenant: TENANT, user, device }]))[0] ?? []);

    it('are none for a device never seen', async () => {
      expect(await load('u', 'd')).toEqual({});
    });

    it('are kept by device and stream, also after a restart', async () => {
      await store().cursors.advance([move('u', 'd1', '@u', 3), move('u', 'd1', 'room', 7), move('u', 'd2', '@u', 1)]);
      await reopen();
      expect(await load('u', 'd1')).toEqual({ '@u': { epoch: 'e1', seq: 3 }, room: { epoch: 'e1', seq: 7 } });
      expect(await load('u', 'd2')).toEqual({ '@u': { epoch: 'e1', seq: 1 } });
      expect(await load('v', 'd1')).toEqual({});
    });

    it('are answered for many devices, in their order, the same device twice too', async () => {
      await store().cursors.advance([move('u', 'd1', '@u', 3), move('u', 'd1', 'room', 7), move('u', 'd2', '@u', 1)]);
      const device = (user: string, name: string) => ({ tenant: TENANT, user, device: name });
      const d1 = { '@u': { epoch: 'e1', seq: 3 }, room: { epoch: 'e1', seq: 7 } };
      const asked = [device('u', 'd2'), device('never', 'd1'), device('u', 'd1'), device('u', 'd3'), device('u', 'd1')];
      const answers = await store().cursors.load([...asked, { ...device('u', 'd1'), tenant: 'other' }]);
      expect(answers.map((cursors) => Object.fromEntries(cursors))).toEqual([
        { '@u': { epoch: 'e1', seq: 1 } },
        {},
        d1,
        {},
        d1,
        {},
      ]);
      expect(await store().cursors.load([])).toEqual([]);
      const thousand = Array.from({ length: 1000 }, (_, i) => device('u', `d${i}`));
      expect((await store().cursors.load(thousand)).map((cursors) => cursors.size).slice(0, 4)).toEqual([0, 2, 1, 0]);
    });

    it('never go back', async () => {
      await store().cursors.advance([move('u', 'd', 'room', 5)]);
      await store().cursors.advance([move('u', 'd', 'room', 4), move('u', 'd', 'other', 1)]);
      expect(await load('u', 'd')).toEqual({ room: { epoch: 'e1', seq: 5 }, other: { epoch: 'e1', seq: 1 } });
      await Promise.all([9, 3, 12, 8].map((seq) => store().cursors.advance([move('u', 'd', 'room', seq)])));
      expect((await load('u', 'd')).room).toEqual({ epoch: 'e1', seq: 12 });
    });

    it('take the highest of several moves in one batch', async () => {
      await store().cursors.advance([move('u', 'd', 'room', 2), move('u', 'd', 'room', 6), move('u', 'd', 'room', 4)]);
      expect(await load('u', 'd')).toEqual({ room: { epoch: 'e1', seq: 6 } });
    });

    it('are replaced by a move of another epoch', async () => {
      await store().cursors.advance([move('u', 'd', 'room', 5)]);
      await store().cursors.advance([move('u', 'd', 'room', 2, 'e2')]);
      expect(await load('u', 'd')).toEqual({ room: { epoch: 'e2', seq: 2 } });
    });

    it('take a thousand moves at once, and none', async () => {
      await store().cursors.advance([]);
      await store().cursors.advance(Array.from({ length: 1000 }, (_, i) => move(`u${i}`, 'd', 'room', i + 1)));
      expect(await store().cursors.reached(TENANT, [{ stream: 'room', epoch: 'e1', seq: 401 }])).toEqual([600]);
    });

    it('tell odd ids apart', async () => {
      await store().cursors.advance(ODD_IDS.map((id, i) => move(id, id, id, i + 1)));
      for (const [i, id] of ODD_IDS.entries())
        expect(await load(id, id)).toEqual({ [id]: { epoch: 'e1', seq: i + 1 } });
    });

    it('that began after a place have not reached it', async () => {
      await store().cursors.advance([{ ...move('u1', 'd1', 'room', 5), begins: true }]);
      await store().cursors.advance([move('u1', 'd1', 'room', 7)]);
      const places = [5, 6, 7, 8].map((seq) => ({ stream: 'room', epoch: 'e1', seq }));
      expect(await store().cursors.reached(TENANT, places)).toEqual([0, 1, 1, 0]);
    });

    it('that have begun do not begin again in the same epoch', async () => {
      await store().cursors.advance([{ ...move('u1', 'd1', 'room', 5), begins: true }]);
      await store().cursors.advance([{ ...move('u1', 'd1', 'room', 9), begins: true }]);
      expect((await load('u1', 'd1'))['room']?.seq).toEqual(5);
      await store().cursors.advance([{ ...move('u1', 'd1', 'room', 3, 'e2'), begins: true }]);
      expect((await load('u1', 'd1'))['room']?.seq).toEqual(3);
    });

    it('that reached a place are named by device, for each user asked about', async () => {
      await store().cursors.advance([
        move('u1', 'd2', 'room', 5),
        move('u1', 'd1', 'room', 9),
        { ...move('u1', 'd3', 'room', 6), begins: true },
        move('u1', 'd3', 'room', 7),
        move('u1', 'd4', 'room', 9, 'e2'),
        move('u2', 'd1', 'room', 9),
        { ...move('u1', 'd5', 'room', 9), tenant: 'other' },
        move('u1', 'd1', '@u1', 4),
        move('u2', 'd1', '@u1', 4),
      ]);
      const ask = (user: string, seq: number, stream = 'room', epoch = 'e1', tenant = TENANT) => ({
        tenant,
        user,
        stream,
        epoch,
        seq,
      });
      const cases = [
        [ask('u1', 5), ['d1', 'd2']],
        [ask('u1', 7), ['d1', 'd3']],
        [ask('u1', 9), ['d1']],
        [ask('u1', 10), []],
        [ask('u2', 5), ['d1']],
        [ask('never', 1), []],
        [ask('u1', 1, 'room', 'e2'), ['d4']],
        [ask('u1', 1, 'room', 'e1', 'other'), ['d5']],
        [ask('u1', 4, '@u1'), ['d1']],
        [ask('u2', 4, '@u1'), []],
        [ask('u1', 1, 'nowhere'), []],
        [ask('u1', 9), ['d1']],
      ] as const;
      const reached = await store().cursors.reachedBy(cases.map(([asked]) => asked));
      expect(reached.map((devices) => [...devices].sort())).toEqual(cases.map(([, devices]) => devices));
      expect(await store().cursors.reachedBy([])).toEqual([]);
    });

    it('of a device that is removed have reached nothing any more', async () => {
      await store().cursors.advance([move('u', 'd1', 'room', 5), move('u', 'd2', 'room', 5)]);
      await store().devices.remove({ tenant: TENANT, user: 'u', device: 'd1' });
      const asked = { tenant: TENANT, user: 'u', stream: 'room', epoch: 'e1', seq: 5 };
      expect(await store().cursors.reachedBy([asked])).toEqual([['d2']]);
      await store().cursors.advance([move('u', 'd1', 'room', 6)]);
      expect((await store().cursors.reachedBy([asked])).map((devices) => [...devices].sort())).toEqual([['d1', 'd2']]);
    });

    it('are asked about for a thousand users at once', async () => {
      const users = Array.from({ length: 1000 }, (_, i) => `u${i}`);
      await store().cursors.advance(users.map((user, i) => move(user, 'd', `@${user}`, i % 2 ? 4 : 2)));
      const asked = users.map((user) => ({ tenant: TENANT, user, stream: `@${user}`, epoch: 'e1', seq: 3 }));
      const reached = await store().cursors.reachedBy(asked);
      expect(reached.map((devices) => devices.length)).toEqual(users.map((_, i) => i % 2));
      for (const [i, id] of ODD_IDS.entries()) await store().cursors.advance([move(id, id, id, i + 1)]);
      const odd = ODD_IDS.map((id, i) => ({ tenant: TENANT, user: id, stream: id, epoch: 'e1', seq: i + 1 }));
      expect(await store().cursors.reachedBy(odd)).toEqual(ODD_IDS.map((id) => [id]));
    });

    it('that reached a place are counted by user', async () => {
      await store().cursors.advance([
        move('u1', 'd1', 'room', 5),
        move('u1', 'd2', 'room', 9),
        move('u2', 'd1', 'room', 3),
        move('u3', 'd1', 'room', 9, 'e2'),
        move('u2', 'd1', 'other', 9),
        move('u1', 'd2', '@u1', 1),
      ]);
      const places = [
        { stream: 'room', epoch: 'e1', seq: 3 },
        { stream: 'room', epoch: 'e1', seq: 5 },
        { stream: 'room', epoch: 'e1', seq: 10 },
        { stream: 'nobody', epoch: 'e1', seq: 1 },
        { stream: 'room', epoch: 'e2', seq: 1 },
        { stream: '@u1', epoch: 'e1', seq: 1 },
      ];
      expect(await store().cursors.reached(TENANT, places)).toEqual([2, 1, 0, 0, 1, 1]);
      expect(await store().cursors.reached(TENANT, [])).toEqual([]);
    });
  });
}
