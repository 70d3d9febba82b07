import { IDBFactory } from 'fake-indexeddb';
import { IndexedDbCursors } from './indexed-db-cursors.js';
import type { DbFactory } from './indexed-db-slice.js';

const newFactory = () => new (IDBFactory as unknown as new () => DbFactory)();

describe('IndexedDB cursors', () => {
  it('outlive the object that saved them', async () => {
    const factory = newFactory();
    const before = new IndexedDbCursors({ name: 'u1/d1', factory });
    await before.save('@me', { epoch: 'e1', seq: 6 });
    await Promise.all([before.save('@me', { epoch: 'e1', seq: 7 }), before.save('news', { epoch: 'e2', seq: 8 })]);
    await before.save('old', { epoch: 'e3', seq: 9 });
    await before.forget('old');
    expect(await new IndexedDbCursors({ name: 'u1/d1', factory }).load()).toEqual({
      '@me': { epoch: 'e1', seq: 7 },
      news: { epoch: 'e2', seq: 8 },
    });
  });

  it('keep names apart', async () => {
    const factory = newFactory();
    await new IndexedDbCursors({ name: 'u1', factory }).save('@me', { epoch: 'e1', seq: 7 });
    expect(await new IndexedDbCursors({ name: 'u2', factory }).load()).toEqual({});
  });

  it('let another page delete the database, and begin anew after it', async () => {
    const factory = newFactory();
    const cursors = new IndexedDbCursors({ name: 'u1', factory });
    await cursors.save('@me', { epoch: 'e1', seq: 7 });
    const deleting = (factory as unknown as { deleteDatabase(name: string): { onsuccess: unknown } }).deleteDatabase(
      'push:u1',
    );
    await new Promise((resolve) => (deleting.onsuccess = resolve));
    expect(await cursors.load()).toEqual({});
  });

  it('reject where the platform has none or refuses, and try again the next time', async () => {
    await expect(new IndexedDbCursors({ name: 'u1' }).load()).rejects.toThrow('indexedDB');
    const factory = newFactory();
    let refuses = true;
    const moody: DbFactory = {
      open: (name, version) => {
        if (refuses) throw new Error('private mode');
        return factory.open(name, version);
      },
    };
    const cursors = new IndexedDbCursors({ name: 'u1', factory: moody });
    await expect(cursors.load()).rejects.toThrow('private mode');
    refuses = false;
    expect(await cursors.load()).toEqual({});
  });
});
