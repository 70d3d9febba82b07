import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { storeConformance } from '../testing/conformance/store-conformance.js';
import { createMemoryStore, type MemoryStore } from './memory/memory-store.js';
import { sealSettings, type Sealer } from './sealed-settings.js';
import type { Store } from './store.js';

/** Turns the text around, and says what it is about. */
const sealer: Sealer = {
  seal: (plain, about) => `sealed ${about}|${[...plain].reverse().join('')}`,
  open(sealed, about) {
    if (!sealed.startsWith('sealed ')) return sealed;
    const [head, text = ''] = sealed.split('|');
    if (head !== `sealed ${about}`) throw new Error('it is about something else');
    return [...text].reverse().join('');
  },
};

storeConformance({ describe, it, beforeEach, afterEach, expect }, () => ({
  create: async () => {
    const store = sealSettings(createMemoryStore(), sealer);
    await store.open();
    return store;
  },
  reopen: async (store) => {
    await store.close();
    await store.open();
    return store;
  },
  destroy: async () => {},
}));

const key = { tenant: 't', name: 'provider.fcm' };

async function opened(): Promise<MemoryStore> {
  const store = createMemoryStore();
  await store.open();
  return store;
}

it('keeps secret settings sealed below and readable above, and others as they are', async () => {
  const below = await opened();
  const store = sealSettings(below, sealer);
  expect(await store.settings.put(key, 'abc', 1)).toMatchObject({ value: 'abc', version: 1 });
  await store.settings.put({ tenant: 't', name: 'policy' }, 'open', 1);
  const values = async (of: Store) => (await of.settings.list('t', '')).map(({ value }) => value);
  expect(await values(below)).toEqual(['open', 'sealed t provider.fcm|cba']);
  expect(await values(store)).toEqual(['open', 'abc']);
  expect((await store.settings.get([key]))[0]?.value).toBe('abc');
});

it('reads what was stored before there was a sealer, and seals it when it is next written', async () => {
  const below = await opened();
  await below.settings.put(key, 'from before', 1);
  const store = sealSettings(below, sealer);
  const [found] = await store.settings.get([key]);
  expect(found?.value).toBe('from before');
  expect(await store.settings.put(key, 'new', 2, found?.version)).toMatchObject({ version: 2 });
  expect(await store.settings.put(key, 'late', 2, found?.version)).toBeUndefined();
  expect((await below.settings.get([key]))[0]?.value).toBe('sealed t provider.fcm|wen');
});

it('does not open a value that was moved to another tenant', async () => {
  const below = await opened();
  const store = sealSettings(below, sealer);
  await store.settings.put(key, 'abc', 1);
  const [moved] = await below.settings.get([key]);
  await below.settings.put({ ...key, tenant: 'u' }, moved!.value, 1);
  await expect(store.settings.get([{ ...key, tenant: 'u' }])).rejects.toThrow('something else');
});
