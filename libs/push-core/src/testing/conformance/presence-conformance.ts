import type { PresenceMove } from '../../store/presence-store.js';
import { inByteOrder } from './device-conformance.js';
import type { StoreChapter } from './store-harness.js';
import { ODD_IDS, T0, TENANT } from './store-samples.js';

const LONG = T0 + 1_000_000_000;

const move = (user: string, device: string, online: boolean, over: Partial<PresenceMove> = {}): PresenceMove => ({
  tenant: TENANT,
  user,
  device,
  connection: 'c1',
  node: 'n1',
  transport: 'websocket',
  online,
  at: T0,
  ...over,
});
const on = (device: string, over: Partial<PresenceMove> = {}) => move('u', device, true, over);
const off = (device: string, over: Partial<PresenceMove> = {}) => move('u', device, false, over);

export function presenceConformance({ runner: { describe, it, expect }, store, reopen }: StoreChapter): void {
  describe('presence', () => {
    const record = (...moves: PresenceMove[]) => store().presence.record(moves);
    /** Device, online, last seen. */
    const seen = async (now: number, user = 'u') => {
      const [devices] = await store().presence.load(TENANT, [user], now);
      return devices?.map((one) => [one.device, one.online, one.lastSeenAt]);
    };
    const alive = () => store().presence.lease('n1', T0, LONG);

    it('is nothing for a user never seen', async () => {
      expect(await store().presence.load(TENANT, ['u', 'v'], T0)).toEqual([[], []]);
      expect(await store().presence.load(TENANT, [], T0)).toEqual([]);
      await record();
    });

    it('says which devices are connected, where and over what, also after a restart', async () => {
      await alive();
      await record(on('d1'), on('d2', { transport: 'sse' }), off('d1', { at: T0 + 5 }));
      await reopen();
      expect(await store().presence.load(TENANT, ['u'], T0 + 9)).toEqual([
        [
          { device: 'd1', online: false, node: 'n1', transport: 'websocket', lastSeenAt: T0 + 5 },
          { device: 'd2', online: true, node: 'n1', transport: 'sse', lastSeenAt: T0 + 9 },
        ],
      ]);
    });

    it('goes by the last connection: an end that arrives late undoes nothing', async () => {
      await alive();
      await store().presence.lease('n2', T0, LONG);
      await record(on('d'));
      await record(on('d', { connection: 'c2', node: 'n2', at: T0 + 1 }));
      await record(off('d', { at: T0 + 2 }));
      expect(await seen(T0 + 3)).toEqual([['d', true, T0 + 3]]);
      const [devices] = await store().presence.load(TENANT, ['u'], T0 + 3);
      expect(devices?.[0]?.node).toEqual('n2');
      await record(off('d', { connection: 'c2', node: 'n2', at: T0 + 4 }));
      expect(await seen(T0 + 5)).toEqual([['d', false, T0 + 4]]);
      await record(off('d', { at: T0 + 6 }));
      expect(await seen(T0 + 7)).toEqual([['d', false, T0 + 4]]);
    });

    it('does not know a device by the end of a connection alone', async () => {
      await record(off('d'));
      expect(await seen(T0)).toEqual([]);
    });

    it('takes the moves of a batch in their order', async () => {
      await alive();
      await record(
        on('a'),
        off('a', { at: T0 + 1 }),
        on('b'),
        on('b', { connection: 'c2' }),
        off('b', { at: T0 + 1 }),
        off('c', { at: T0 + 1 }),
        on('c'),
        on('d'),
        off('d', { at: T0 + 1 }),
        on('d', { connection: 'c2' }),
      );
      expect(await seen(T0 + 9)).toEqual([
        ['a', false, T0 + 1],
        ['b', true, T0 + 9],
        ['c', true, T0 + 9],
        ['d', true, T0 + 9],
      ]);
      await record(off('c', { at: T0 + 10 }), off('b', { at: T0 + 10 }), off('b', { connection: 'c2', at: T0 + 11 }));
      expect((await seen(T0 + 12))?.slice(1, 3)).toEqual([
        ['b', false, T0 + 11],
        ['c', false, T0 + 10],
      ]);
    });

    it('counts a link that comes and goes until its time', async () => {
      await alive();
      await record(on('d', { onlineUntil: T0 + 10 }));
      expect(await seen(T0 + 9)).toEqual([['d', true, T0 + 9]]);
      expect(await seen(T0 + 10)).toEqual([['d', false, T0]]);
      await record(off('d', { at: T0 + 11, onlineUntil: T0 + 20 }));
      expect(await seen(T0 + 19)).toEqual([['d', true, T0 + 19]]);
      expect(await seen(T0 + 20)).toEqual([['d', false, T0 + 11]]);
      await record(on('d', { connection: 'c2', at: T0 + 15 }));
      expect(await seen(T0 + 30)).toEqual([['d', true, T0 + 30]]);
    });

    it('ends with the lease of the node: last seen when it was last renewed', async () => {
      await store().presence.lease('n1', T0, T0 + 10);
      await record(on('d'));
      await store().presence.lease('n1', T0 + 5, T0 + 15);
      expect(await seen(T0 + 14)).toEqual([['d', true, T0 + 14]]);
      expect(await seen(T0 + 15)).toEqual([['d', false, T0 + 5]]);
      await record(on('e', { at: T0 + 7 }), on('f', { at: T0 + 7, onlineUntil: LONG }));
      expect(await seen(T0 + 15)).toEqual([
        ['d', false, T0 + 5],
        ['e', false, T0 + 7],
        ['f', false, T0 + 7],
      ]);
    });

    it('comes back with a lease that was renewed late', async () => {
      await store().presence.lease('n1', T0, T0 + 10);
      await record(on('d'));
      expect(await seen(T0 + 11)).toEqual([['d', false, T0]]);
      await store().presence.lease('n1', T0 + 12, T0 + 22);
      expect(await seen(T0 + 13)).toEqual([['d', true, T0 + 13]]);
    });

    it('counts no connection of a node without a lease', async () => {
      await record(on('d'));
      expect(await seen(T0 + 1)).toEqual([['d', false, T0]]);
    });

    it('ends when the node is released, and a later life of the node does not bring it back', async () => {
      await store().presence.lease('n1', T0 + 3, LONG);
      await store().presence.lease('n2', T0, LONG);
      await record(on('d'), on('e', { node: 'n2' }), on('f'), off('f', { at: T0 + 1 }), on('g', { onlineUntil: LONG }));
      await store().presence.release('n1');
      const ended = [
        ['d', false, T0 + 3],
        ['e', true, T0 + 9],
        ['f', false, T0 + 1],
        ['g', false, T0],
      ];
      expect(await seen(T0 + 9)).toEqual(ended);
      await store().presence.lease('n1', T0 + 8, LONG);
      expect(await seen(T0 + 9)).toEqual(ended);
      await store().presence.release('unknown');
    });

    it('remembers when a crashed node’s devices were last seen, however many nodes come after it', async () => {
      await store().presence.lease('n1', T0 + 3, T0 + 10);
      await record(on('d'));
      for (let day = 1; day <= 5; day++) {
        const now = T0 + day * 86_400_000;
        await store().presence.lease(`later-${day}`, now, now + 10);
        expect(await seen(now)).toEqual([['d', false, T0 + 3]]);
      }
    });

    it('answers for many users in their order, devices by id', async () => {
      await alive();
      const users = Array.from({ length: 1000 }, (_, i) => `u${i}`);
      await record(...users.map((user) => move(user, 'd', true)));
      const asked = [...users].reverse();
      const answers = await store().presence.load(TENANT, [...asked, 'nobody', 'u1'], T0);
      expect(answers.map((devices) => devices.length)).toEqual([...asked.map(() => 1), 0, 1]);
      await record(...[...ODD_IDS].reverse().map((id) => move("o'%", id, true, { connection: id })));
      const [odd] = await store().presence.load(TENANT, ["o'%"], T0);
      expect(odd?.map((one) => one.device)).toEqual(inByteOrder(ODD_IDS));
      await record(...ODD_IDS.map((id) => move("o'%", id, false, { connection: id })));
      expect((await seen(T0, "o'%"))?.some(([, online]) => online)).toEqual(false);
    });
  });
}
