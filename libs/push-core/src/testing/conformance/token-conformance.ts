import type { DeviceRef, ProviderToken } from '../../model/device.js';
import { device, inByteOrder } from './device-conformance.js';
import type { StoreChapter } from './store-harness.js';
import { ODD_IDS, T0, TENANT } from './store-samples.js';

const apns = (token: string): ProviderToken => ({ provider: 'apns', token });
const subscription = (endpoint: string, auth = 'a'): ProviderToken => ({
  provider: 'webpush',
  token: { endpoint, keys: { p256dh: 'p', auth } },
});

export function tokenConformance({ runner: { describe, it, expect }, store, reopen }: StoreChapter): void {
  const put = (user: string, id: string, tokens: readonly ProviderToken[], now = T0, tenant = TENANT) =>
    store().devices.put(device(user, id, { tenant, tokens, registeredAt: now, updatedAt: now }));
  const ref = (user: string, id: string, tenant = TENANT): DeviceRef => ({ tenant, user, device: id });
  const tokensOf = async (user: string, id: string, tenant = TENANT) => {
    const found = (await store().devices.list(tenant, user)).find((one) => one.device === id);
    return found?.tokens.map(({ token }) => (typeof token === 'string' ? token : token['endpoint']));
  };
  const sinceOf = async (user: string, id: string) =>
    (await store().devices.list(TENANT, user)).find((one) => one.device === id)?.tokens.map((one) => one.registeredAt);

  describe('tokens', () => {
    it('keep the device’s order of preference, and the time they came', async () => {
      await put('u', 'd', [apns('b'), apns('a')]);
      expect(await sinceOf('u', 'd')).toEqual([T0, T0]);
      await put('u', 'd', [apns('c'), { ...apns('a'), environment: 'sandbox', registeredAt: 5 }, apns('b')], T0 + 9);
      await reopen();
      expect([await tokensOf('u', 'd'), await sinceOf('u', 'd')]).toEqual([
        ['c', 'a', 'b'],
        [T0 + 9, T0, T0],
      ]);
      const [stored] = await store().devices.list(TENANT, 'u');
      expect(stored?.tokens[1]).toEqual({ ...apns('a'), environment: 'sandbox', registeredAt: T0 });
    });

    it('that return are new', async () => {
      await put('u', 'd', [apns('a'), apns('b')]);
      await put('u', 'd', [apns('b')], T0 + 5);
      expect((await put('u', 'd', [apns('a'), apns('b')], T0 + 9)).movedFrom).toEqual([]);
      expect(await sinceOf('u', 'd')).toEqual([T0 + 9, T0]);
    });

    it('that their device left out are nobody’s', async () => {
      await put('u', 'd', [apns('a'), apns('b')]);
      await put('u', 'd', [apns('b')], T0 + 5);
      expect((await put('v', 'e', [apns('a')], T0 + 9)).movedFrom).toEqual([]);
      expect([await tokensOf('u', 'd'), await tokensOf('v', 'e')]).toEqual([['b'], ['a']]);
    });

    it('that are listed twice are kept where they stand first', async () => {
      await put('u', 'd', [
        apns('a'),
        subscription('https://x/1'),
        { ...apns('a'), topic: 't' },
        subscription('https://x/1', 'b'),
      ]);
      expect(await tokensOf('u', 'd')).toEqual(['a', 'https://x/1']);
      const [stored] = await store().devices.list(TENANT, 'u');
      expect(stored?.tokens).toEqual([
        { ...apns('a'), registeredAt: T0 },
        { ...subscription('https://x/1'), registeredAt: T0 },
      ]);
    });

    it('move to the device that has them now, whoever’s they were', async () => {
      await put('u', 'old', [apns('a'), apns('b'), apns('c')]);
      await put('u', 'd', [apns('x')]);
      await put('v', 'other', [apns('y'), apns('z')]);
      const { device: stored, movedFrom } = await put('u', 'd', [apns('x'), apns('b'), apns('z'), apns('c')], T0 + 9);
      const names = movedFrom.map((one) => `${one.tenant} ${one.user} ${one.device}`);
      expect([...names].sort()).toEqual([`${TENANT} u old`, `${TENANT} v other`]);
      expect(stored.tokens.map((one) => one.registeredAt)).toEqual([T0, T0 + 9, T0 + 9, T0 + 9]);
      await reopen();
      expect([await tokensOf('u', 'd'), await tokensOf('u', 'old'), await tokensOf('v', 'other')]).toEqual([
        ['x', 'b', 'z', 'c'],
        ['a'],
        ['y'],
      ]);
      expect(await sinceOf('u', 'old')).toEqual([T0]);
      // And back: nobody has two.
      expect((await put('u', 'old', [apns('b')], T0 + 20)).movedFrom).toEqual([ref('u', 'd')]);
      expect([await tokensOf('u', 'd'), await sinceOf('u', 'old')]).toEqual([['x', 'z', 'c'], [T0 + 20]]);
    });

    it('stay where they are for another tenant, provider or letter', async () => {
      await put('u', 'd', [apns('a')], T0, 'other');
      await put('u', 'e', [{ provider: 'fcm', token: 'a' }]);
      await put('u', 'f', [apns('A')]);
      expect((await put('u', 'd', [apns('a')])).movedFrom).toEqual([]);
      const kept = [await tokensOf('u', 'd', 'other'), await tokensOf('u', 'e'), await tokensOf('u', 'f')];
      expect([...kept, await tokensOf('u', 'd')]).toEqual([['a'], ['a'], ['A'], ['a']]);
    });

    it('of web push are told apart by their endpoint alone', async () => {
      await put('u', 'd', [subscription('https://x/1'), subscription('https://x/2')]);
      expect((await put('u', 'd', [subscription('https://x/1', 'new')], T0 + 5)).movedFrom).toEqual([]);
      const [own] = await store().devices.list(TENANT, 'u');
      expect(own?.tokens).toEqual([{ ...subscription('https://x/1', 'new'), registeredAt: T0 }]);
      expect((await put('v', 'e', [subscription('https://x/1', 'newer')])).movedFrom).toEqual([ref('u', 'd')]);
      expect([await tokensOf('u', 'd'), await tokensOf('v', 'e')]).toEqual([[], ['https://x/1']]);
    });

    it('have one owner, however many ask for them at once', async () => {
      for (let round = 0; round < 5; round++) {
        const tokens = Array.from({ length: 6 }, (_, i) => apns(`t${i}`));
        const turned = (from: number) => [...tokens.slice(from % 6), ...tokens.slice(0, from % 6)];
        await Promise.all(Array.from({ length: 8 }, (_, i) => put(`u${i}`, 'd', turned(i), T0 + round)));
        const users = Array.from({ length: 8 }, (_, i) => ({ tenant: TENANT, user: `u${i}` }));
        const owned = (await store().devices.of(users)).flat().flatMap((one) => one.tokens.map(({ token }) => token));
        expect([...owned].sort()).toEqual(tokens.map(({ token }) => token));
      }
    });

    it('of a device that is removed are nobody’s', async () => {
      await put('u', 'd', [apns('a')]);
      await store().devices.remove(ref('u', 'd'));
      expect(await store().devices.users(TENANT, '', 9)).toEqual([]);
      expect((await put('v', 'e', [apns('a')], T0 + 5)).movedFrom).toEqual([]);
      await put('u', 'd', []);
      expect([await tokensOf('u', 'd'), await tokensOf('v', 'e')]).toEqual([[], ['a']]);
    });

    it('are told apart when they are odd, or long', async () => {
      const tokens = [...ODD_IDS, 'x'.repeat(4000), `${'x'.repeat(3999)}y`].map(apns);
      await put('u', 'd', tokens);
      expect(await tokensOf('u', 'd')).toEqual(tokens.map(({ token }) => token));
      await put('v', 'e', tokens.slice(-1));
      expect(await tokensOf('u', 'd')).toEqual(tokens.slice(0, -1).map(({ token }) => token));
    });
  });

  describe('tokens that are dropped', () => {
    const drop = (user: string, id: string, token: ProviderToken, before = T0, tenant = TENANT) => ({
      ...ref(user, id, tenant),
      token,
      before,
    });

    it('are taken off their device, where they are not newer', async () => {
      await put('u', 'd', [apns('a'), apns('b')]);
      await put('u', 'd', [apns('a'), apns('b'), apns('c')], T0 + 5);
      await put('v', 'e', [subscription('https://x/1')]);
      const dropped = await store().devices.dropTokens([
        drop('u', 'd', apns('c'), T0 + 4),
        drop('u', 'd', { ...apns('a'), registeredAt: 7, topic: 't' }),
        drop('u', 'd', apns('b'), T0 - 1),
        drop('v', 'e', subscription('https://x/1', 'other')),
      ]);
      expect(dropped).toEqual([false, true, false, true]);
      await reopen();
      expect([await tokensOf('u', 'd'), await tokensOf('v', 'e')]).toEqual([['b', 'c'], []]);
      expect(await store().devices.dropTokens([drop('u', 'd', apns('a')), drop('u', 'd', apns('c'), T0 + 5)])).toEqual([
        false,
        true,
      ]);
      expect(await store().devices.dropTokens([])).toEqual([]);
    });

    it('are left to whoever has them by now', async () => {
      await put('u', 'd', [apns('a')]);
      await put('v', 'd', [apns('a')], T0 + 5);
      await put('u', 'd', [apns('a')], T0, 'other');
      const late = T0 + 100;
      const asked = [
        drop('u', 'd', apns('a'), late),
        drop('v', 'never', apns('a'), late),
        drop('v', 'd', apns('x'), late),
      ];
      expect(await store().devices.dropTokens(asked)).toEqual([false, false, false]);
      expect(await store().devices.dropTokens([drop('v', 'd', { provider: 'fcm', token: 'a' }, late)])).toEqual([
        false,
      ]);
      expect(await store().devices.dropTokens([drop('v', 'd', apns('a'), late)])).toEqual([true]);
      expect(await tokensOf('u', 'd', 'other')).toEqual(['a']);
      expect((await put('w', 'd', [apns('a')], T0 + 200)).movedFrom).toEqual([]);
    });
  });

  describe('users with a token', () => {
    it('are listed by code point, in pages', async () => {
      for (const id of [...ODD_IDS].reverse()) await put(id, 'd', [apns(`of ${id}`)]);
      await put('without', 'd', []);
      await put('u', 'd', [apns('a')], T0, 'other');
      const listed: string[] = [];
      for (let page = 0; page < 50; page++) {
        const users = await store().devices.users(TENANT, listed.at(-1) ?? '', 4);
        if (users.length === 0) break;
        listed.push(...users);
      }
      expect(listed).toEqual(inByteOrder(ODD_IDS));
      expect(await store().devices.users('other', '', 9)).toEqual(['u']);
      expect(await store().devices.users('never', '', 9)).toEqual([]);
    });

    it('are listed once, as long as they have one', async () => {
      const users = () => store().devices.users(TENANT, '', 9);
      await put('u', 'd1', [apns('a'), apns('b')]);
      await put('u', 'd2', [apns('c')]);
      await put('v', 'd', [apns('x')]);
      expect(await users()).toEqual(['u', 'v']);
      await put('v', 'd', [apns('x'), apns('a'), apns('b')]);
      expect(await users()).toEqual(['u', 'v']);
      await put('v', 'd', [apns('c')]);
      expect(await users()).toEqual(['v']);
      await store().devices.dropTokens([{ ...ref('v', 'd'), token: apns('c'), before: T0 }]);
      expect(await users()).toEqual([]);
      await put('u', 'd1', [apns('a')]);
      expect(await users()).toEqual(['u']);
      await store().devices.remove(ref('u', 'd1'));
      expect(await users()).toEqual([]);
    });
  });
}
