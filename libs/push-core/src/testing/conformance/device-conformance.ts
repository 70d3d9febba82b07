import type { Device } from '../../model/device.js';
import type { StoreChapter } from './store-harness.js';
import { ODD_IDS, T0, TENANT } from './store-samples.js';

export const device = (user: string, id: string, over: Partial<Device> = {}): Device => ({
  tenant: TENANT,
  user,
  device: id,
  platform: 'web',
  tokens: [],
  registeredAt: T0,
  updatedAt: T0,
  ...over,
});

export function deviceConformance({ runner: { describe, it, expect }, store, reopen }: StoreChapter): void {
  describe('devices', () => {
    it('are given back as they were put, also after a restart', async () => {
      const full = device('u', 'd1', {
        tokens: [
          { provider: 'apns', token: "t'1", environment: 'sandbox', topic: 'app' },
          { provider: 'webpush', token: { endpoint: 'https://x', keys: { auth: 'a' } } },
        ],
        locale: 'de-AT',
        timeZone: 'Europe/Vienna',
        appVersion: '1.2.3',
      });
      const bare = device('u', 'd2');
      const kept = { ...full, tokens: full.tokens.map((token) => ({ ...token, registeredAt: T0 })) };
      expect(await store().devices.put(full)).toEqual({ device: kept, movedFrom: [] });
      await store().devices.put(bare);
      await reopen();
      const listed = await store().devices.list(TENANT, 'u');
      expect(listed).toEqual([kept, bare]);
      expect(listed.map((one) => Object.keys(one).sort())).toEqual([kept, bare].map((one) => Object.keys(one).sort()));
    });

    it('are replaced whole, but keep the time they were registered', async () => {
      await store().devices.put(device('u', 'd', { locale: 'de', tokens: [{ provider: 'fcm', token: 'a' }] }));
      const newer = device('u', 'd', { platform: 'ios', registeredAt: T0 + 5, updatedAt: T0 + 5 });
      const kept = { ...newer, registeredAt: T0 };
      expect(await store().devices.put(newer)).toEqual({ device: kept, movedFrom: [] });
      expect(await store().devices.list(TENANT, 'u')).toEqual([{ ...newer, registeredAt: T0 }]);
    });

    it('are listed by id, of one user only', async () => {
      for (const id of [...ODD_IDS].reverse()) await store().devices.put(device("o'%", id));
      await store().devices.put(device('other', 'd'));
      const listed = await store().devices.list(TENANT, "o'%");
      expect(listed.map((one) => one.device)).toEqual(inByteOrder(ODD_IDS));
      expect(await store().devices.list(TENANT, 'nobody')).toEqual([]);
    });

    it('are listed for many users, in their order, the same user twice too', async () => {
      for (const [user, id] of [['u', 'b'] as const, ['v', 'x'] as const, ['u', 'a'] as const])
        await store().devices.put(device(user, id));
      await store().devices.put(device('u', 'z', { tenant: 'other' }));
      const of = async (...users: string[]) => {
        const answers = await store().devices.of(users.map((user) => ({ tenant: TENANT, user })));
        return answers.map((devices) => devices.map((one) => one.device));
      };
      expect(await of('v', 'u', 'never', 'u')).toEqual([['x'], ['a', 'b'], [], ['a', 'b']]);
      expect(await of()).toEqual([]);
      const thousand = Array.from({ length: 1000 }, (_, i) => (i === 700 ? 'u' : `u${i}`));
      expect((await of(...thousand)).flatMap((ids, i) => ids.map((id) => [i, id]))).toEqual([
        [700, 'a'],
        [700, 'b'],
      ]);
      const [both] = await store().devices.of([{ tenant: TENANT, user: 'u' }]);
      expect(both).toEqual(await store().devices.list(TENANT, 'u'));
    });

    it('take their cursors, follows and presence along when removed, and nothing else', async () => {
      const gone = { tenant: TENANT, user: 'u', device: 'gone' };
      const stays = { tenant: TENANT, user: 'u', device: 'stays' };
      for (const ref of [gone, stays]) {
        await store().devices.put(device(ref.user, ref.device));
        await store().cursors.advance([{ ...ref, stream: 'room', position: { epoch: 'e', seq: 4 } }]);
        await store().topics.setFollow(ref, { topic: 'room', following: true });
        const connected = { connection: 'c', node: 'n', transport: 'websocket', online: true, at: T0 };
        await store().presence.record([{ ...ref, ...connected }]);
      }
      expect(await store().devices.remove(gone)).toEqual(true);
      expect(await store().devices.remove(gone)).toEqual(false);
      expect((await store().devices.list(TENANT, 'u')).map((one) => one.device)).toEqual(['stays']);
      expect(await store().cursors.load([gone])).toEqual([new Map()]);
      const [present] = await store().presence.load(TENANT, ['u'], T0);
      expect(present?.map((one) => one.device)).toEqual(['stays']);
      expect(await store().cursors.load([stays])).toEqual([new Map([['room', { epoch: 'e', seq: 4 }]])]);
      expect(await store().topics.follows([gone, stays])).toEqual([[], [{ topic: 'room', following: true }]]);
      expect(await store().cursors.reached(TENANT, [{ stream: 'room', epoch: 'e', seq: 1 }])).toEqual([1]);
    });

    it('that were never registered leave their cursors behind when removed', async () => {
      const ref = { tenant: TENANT, user: 'u', device: 'guest' };
      await store().cursors.advance([{ ...ref, stream: 'room', position: { epoch: 'e', seq: 4 } }]);
      expect(await store().devices.remove(ref)).toEqual(false);
      expect(await store().cursors.load([ref])).toEqual([new Map()]);
    });
  });
}

/** Ascending, as the bytes of UTF-8 compare. */
export const inByteOrder = (texts: readonly string[]): string[] =>
  [...texts].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
