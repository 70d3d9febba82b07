import type { DbFactory } from '../cursors/indexed-db-slice.js';
import { answer, committed, OneStoreDb } from '../cursors/one-store-db.js';
import type { KeyStore } from './key-store.js';

const STORE = 'keys';

export interface IndexedDbKeysOptions {
  /** Keeps users and devices of one origin apart, for instance `user/device`; the database is `push-keys:<name>`. */
  name: string;
  /** Default: the global `indexedDB`. */
  factory?: DbFactory;
}

/** Keys of a browser. They are gone when the user clears the site's data: then this is a new device. */
export class IndexedDbKeys implements KeyStore {
  private readonly db: OneStoreDb;

  constructor({ name, factory }: IndexedDbKeysOptions) {
    this.db = new OneStoreDb(`push-keys:${name}`, STORE, factory);
  }

  async read(name: string): Promise<unknown> {
    return answer((await this.db.transaction('readonly')).objectStore(STORE).get(name));
  }

  async change(name: string, change: (value: unknown) => unknown): Promise<unknown> {
    const transaction = await this.db.transaction('readwrite');
    const done = committed(transaction);
    // Where the read fails already, nobody waits for the end.
    done.catch(() => undefined);
    const store = transaction.objectStore(STORE);
    // In one transaction: whoever else wants to change it waits for its end.
    const value = change(await answer(store.get(name)));
    store.put(value, name);
    await done;
    return value;
  }
}
