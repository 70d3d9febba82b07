import type { Preferences } from '../../policy/preferences.js';
import type { StoreChapter } from './store-harness.js';
import { ODD_IDS, T0, TENANT } from './store-samples.js';

export function preferenceConformance({ runner: { describe, it, expect }, store, reopen }: StoreChapter): void {
  const ref = (user: string, tenant = TENANT) => ({ tenant, user });

  describe('preferences', () => {
    it('are empty for a user who has none', async () => {
      expect(await store().preferences.load([ref('u'), ref('v')])).toEqual([{}, {}]);
      expect(await store().preferences.load([])).toEqual([]);
    });

    it('are given back as they were put, also after a restart', async () => {
      const full: Preferences = {
        mutedThreads: { 'room 7': T0, "o'%": 0, 漢字: 5 },
        mutedCategories: { im: 0 },
        quietHours: { from: '22:00', to: '07:00', timeZone: 'Europe/Vienna', days: [1, 7] },
      };
      await store().preferences.put(ref('u'), full, T0);
      await store().preferences.put(ref('v'), {}, T0);
      await store().preferences.put(ref('u', 'other'), { mutedThreads: { theirs: 0 } }, T0);
      await reopen();
      const asked = [ref('v'), ref('u'), ref('never'), ref('u', 'other'), ref('u')];
      const loaded = await store().preferences.load(asked);
      expect(loaded).toEqual([{}, full, {}, { mutedThreads: { theirs: 0 } }, full]);
      expect(Object.keys(loaded[1] ?? {}).sort()).toEqual(Object.keys(full).sort());
    });

    it('are replaced whole', async () => {
      await store().preferences.put(ref('u'), { mutedThreads: { a: 0 }, mutedCategories: { im: 0 } }, T0);
      await store().preferences.put(ref('u'), { mutedThreads: { b: 0 } }, T0 + 5);
      expect(await store().preferences.load([ref('u')])).toEqual([{ mutedThreads: { b: 0 } }]);
      await store().preferences.put(ref('u'), {}, T0 + 6);
      expect(await store().preferences.load([ref('u')])).toEqual([{}]);
    });

    it('are told apart by odd ids, and loaded for a thousand users at once', async () => {
      for (const id of ODD_IDS) await store().preferences.put(ref(id), { mutedThreads: { [id]: 0 } }, T0);
      const users = [...ODD_IDS, ...Array.from({ length: 1000 }, (_, i) => `u${i}`)];
      const loaded = await store().preferences.load(users.map((user) => ref(user)));
      expect(loaded).toEqual(users.map((user, i) => (i < ODD_IDS.length ? { mutedThreads: { [user]: 0 } } : {})));
    });
  });
}
