import type { Position, StreamName } from 'push-core/wire';
import type { CursorStorage } from './cursor-storage.js';
import type { DbFactory, DbStore } from './indexed-db-slice.js';
import { answer, committed, OneStoreDb } from './one-store-db.js';

const STORE = 'cursors';

export interface IndexedDbCursorsOptions {
  /** Keeps users and devices of one origin apart, for instance `user/device`; the database is `push:<name>`. */
  name: string;
  /** Default: the global `indexedDB`. */
  factory?: DbFactory;
}

/** One record a stream. Works in pages, workers and service workers. */
export class IndexedDbCursors implements CursorStorage {
  private readonly db: OneStoreDb;

  constructor({ name, factory }: IndexedDbCursorsOptions) {
    this.db = new OneStoreDb(`push:${name}`, STORE, factory);
  }

  async load(): Promise<Record<StreamName, unknown>> {
    const store = (await this.db.transaction('readonly')).objectStore(STORE);
    // Asked together: a transaction ends by itself as soon as nothing is asked of it.
    const [keys, values] = await Promise.all([answer(store.getAllKeys()), answer(store.getAll())]);
    return Object.fromEntries(keys.map((key, index) => [String(key), values[index]]));
  }

  save(stream: StreamName, position: Position): Promise<void> {
    return this.write((store) => store.put({ epoch: position.epoch, seq: position.seq }, stream));
  }

  forget(stream: StreamName): Promise<void> {
    return this.write((store) => store.delete(stream));
  }

  private async write(change: (store: DbStore) => unknown): Promise<void> {
    const transaction = await this.db.transaction('readwrite');
    const done = committed(transaction);
    change(transaction.objectStore(STORE));
    await done;
  }
}
