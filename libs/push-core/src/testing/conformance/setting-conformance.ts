import { inByteOrder } from './device-conformance.js';
import type { StoreChapter } from './store-harness.js';
import { ODD_IDS, T0, TENANT } from './store-samples.js';

export function settingConformance({ runner: { describe, it, expect }, store, reopen }: StoreChapter): void {
  const key = (name: string, tenant = TENANT) => ({ tenant, name });
  const put = (name: string, value: string, now = T0, ifVersion?: number) =>
    store().settings.put(key(name), value, now, ifVersion);
  const valueOf = async (name: string, tenant = TENANT) => (await store().settings.get([key(name, tenant)]))[0]?.value;

  describe('settings', () => {
    it('are kept by tenant and name, counted up with every change, also after a restart', async () => {
      const first = { ...key('policy'), value: '{"漢":"👍"}', version: 1, updatedAt: T0 };
      expect(await put('policy', first.value)).toEqual(first);
      expect(await put('policy', 'two', T0 + 5)).toEqual({ ...first, value: 'two', version: 2, updatedAt: T0 + 5 });
      await store().settings.put(key('policy', 'other'), 'theirs', T0);
      await reopen();
      const asked = [key('never'), key('policy'), key('policy', 'other'), key('policy', 'none'), key('policy')];
      const found = await store().settings.get(asked);
      expect(found.map((one) => one && [one.value, one.version])).toEqual([
        undefined,
        ['two', 2],
        ['theirs', 1],
        undefined,
        ['two', 2],
      ]);
      expect(found[1]).toEqual({ ...key('policy'), value: 'two', version: 2, updatedAt: T0 + 5 });
      expect(await store().settings.get([])).toEqual([]);
    });

    it('are replaced only where the version is the one asked for', async () => {
      expect(await put('s', 'a', T0, 1)).toEqual(undefined);
      expect(await valueOf('s')).toEqual(undefined);
      expect((await put('s', 'a', T0, 0))?.version).toEqual(1);
      expect(await put('s', 'b', T0, 0)).toEqual(undefined);
      expect(await put('s', 'b', T0, 2)).toEqual(undefined);
      expect(await valueOf('s')).toEqual('a');
      expect((await put('s', 'b', T0, 1))?.version).toEqual(2);
      expect(await valueOf('s')).toEqual('b');
    });

    it('are changed by one of many who try at once', async () => {
      for (const version of [0, 1, 2]) {
        const tries = Array.from({ length: 8 }, (_, i) => put('s', `${version}-${i}`, T0, version));
        const won = (await Promise.all(tries)).filter((setting) => setting !== undefined);
        expect(won.map((setting) => setting.version)).toEqual([version + 1]);
        expect(await valueOf('s')).toEqual(won[0]?.value);
      }
    });

    it('count every change of many who make them at once', async () => {
      const made = await Promise.all(Array.from({ length: 8 }, (_, i) => put('s', `v${i}`)));
      expect(made.map((setting) => setting?.version).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      const last = made.find((setting) => setting?.version === 8);
      expect(await valueOf('s')).toEqual(last?.value);
    });

    it('are listed by name, of those that begin so', async () => {
      for (const name of ['provider.fcm', 'provider.apns', 'Provider.x', 'provider_y', 'provider%z', 'policy', 'p'])
        await put(name, name);
      await store().settings.put(key('provider.hms', 'other'), 'theirs', T0);
      const names = async (prefix: string) => (await store().settings.list(TENANT, prefix)).map((one) => one.name);
      expect(await names('provider.')).toEqual(['provider.apns', 'provider.fcm']);
      expect(await names('provider_')).toEqual(['provider_y']);
      expect(await names('provider%')).toEqual(['provider%z']);
      expect(await names('%')).toEqual([]);
      expect(await names('')).toEqual(
        inByteOrder(['Provider.x', 'p', 'policy', 'provider%z', 'provider.apns', 'provider.fcm', 'provider_y']),
      );
      expect((await store().settings.list('other', 'provider'))[0]).toEqual({
        ...key('provider.hms', 'other'),
        value: 'theirs',
        version: 1,
        updatedAt: T0,
      });
    });

    it('are gone when they are removed, and can be made again', async () => {
      await put('s', 'a');
      await store().settings.put(key('s', 'other'), 'theirs', T0);
      expect([await store().settings.remove(key('s')), await store().settings.remove(key('s'))]).toEqual([true, false]);
      expect([await valueOf('s'), await valueOf('s', 'other')]).toEqual([undefined, 'theirs']);
      expect(await store().settings.list(TENANT, '')).toEqual([]);
      expect((await put('s', 'b', T0, 0))?.value).toEqual('b');
    });

    it('are told apart by odd names, hold long values, and are read many at once', async () => {
      const names = [...ODD_IDS, ...ODD_IDS.map((id) => `shelf.${id}`), 'y'.repeat(200)];
      for (const name of names) await put(name, `of ${name}`);
      const found = await store().settings.get(names.map((name) => key(name)));
      expect(found.map((one) => one?.value)).toEqual(names.map((name) => `of ${name}`));
      expect((await store().settings.list(TENANT, 'shelf.')).map((one) => one.name)).toEqual(
        inByteOrder(ODD_IDS.map((id) => `shelf.${id}`)),
      );
      const long = '漢'.repeat(100_000);
      await put('long', long);
      expect((await valueOf('long')) === long).toEqual(true);
      await put('empty', '');
      expect(await valueOf('empty')).toEqual('');
    });
  });
}
