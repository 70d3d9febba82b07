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
      Object.fromEntries(await store().cursors.load({ tenant: TENANT, user, device }));

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
      expect((await store().cursors.load({ tenant: TENANT, user: 'u1', device: 'd1' })).get('room')?.seq).toEqual(5);
      await store().cursors.advance([{ ...move('u1', 'd1', 'room', 3, 'e2'), begins: true }]);
      expect((await store().cursors.load({ tenant: TENANT, user: 'u1', device: 'd1' })).get('room')?.seq).toEqual(3);
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
