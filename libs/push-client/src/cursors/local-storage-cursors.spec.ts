import { type KeyValueStorage, LocalStorageCursors } from './local-storage-cursors.js';

function fakeStorage(): KeyValueStorage {
  const items = new Map<string, string>();
  return {
    get length() {
      return items.size;
    },
    key: (index) => [...items.keys()][index] ?? null,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  };
}

describe('localStorage cursors', () => {
  it('outlive the object that saved them', async () => {
    const storage = fakeStorage();
    const before = new LocalStorageCursors({ name: 'u1/d1', storage });
    await before.save('@me', { epoch: 'e1', seq: 7 });
    await before.save('news:eu', { epoch: 'e2', seq: 8 });
    await before.save('old', { epoch: 'e3', seq: 9 });
    await before.forget('old');
    expect(await new LocalStorageCursors({ name: 'u1/d1', storage }).load()).toEqual({
      '@me': { epoch: 'e1', seq: 7 },
      'news:eu': { epoch: 'e2', seq: 8 },
    });
  });

  it('keep names apart, also where one begins like the other', async () => {
    const storage = fakeStorage();
    await new LocalStorageCursors({ name: 'u1:d1', storage }).save('@me', { epoch: 'e1', seq: 7 });
    expect(await new LocalStorageCursors({ name: 'u1', storage }).load()).toEqual({});
  });

  it('hand over an unreadable value as it is, and the others beside it', async () => {
    const storage = fakeStorage();
    const cursors = new LocalStorageCursors({ name: 'u1', storage });
    await cursors.save('news', { epoch: 'e1', seq: 7 });
    storage.setItem('push:u1:@me', '{"epo');
    expect(await cursors.load()).toEqual({ news: { epoch: 'e1', seq: 7 }, '@me': '{"epo' });
  });

  it('reject, and do not throw, where the platform has none', async () => {
    await expect(new LocalStorageCursors({ name: 'u1' }).load()).rejects.toThrow('localStorage');
  });
});
