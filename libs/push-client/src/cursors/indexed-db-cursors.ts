import type { Position, StreamName } from 'push-core/wire';
import type { CursorStorage } from './cursor-storage.js';
import type { Db, DbFactory, DbRequest, DbStore } from './indexed-db-slice.js';

const STORE = 'cursors';

export interface IndexedDbCursorsOptions {
  /** Keeps users and devices of one origin apart, for instance `user/device`; the database is `push:<name>`. */
  name: string;
  /** Default: the global `indexedDB`. */
  factory?: DbFactory;
}

/** One record a stream. Works in pages, workers and service workers. */
export class IndexedDbCursors implements CursorStorage {
  private opened: Promise<Db> | undefined;

  constructor(private readonly options: IndexedDbCursorsOptions) {}

  async load(): Promise<Record<StreamName, unknown>> {
    const db = await this.db();
    const store = db.transaction(STORE, 'readonly').objectStore(STORE);
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
    const transaction = (await this.db()).transaction(STORE, 'readwrite');
    // The request's success is not yet the commit; only the transaction's end is.
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(asError(transaction.error, 'the transaction was aborted'));
    });
    change(transaction.objectStore(STORE));
    await done;
  }

  private db(): Promise<Db> {
    this.opened ??= this.open().catch((error: unknown) => {
      this.opened = undefined;
      throw error;
    });
    return this.opened;
  }

  private async open(): Promise<Db> {
    const factory = this.options.factory ?? (globalThis as unknown as { indexedDB?: DbFactory }).indexedDB;
    if (factory === undefined) throw new Error('there is no indexedDB here');
    const request = factory.open(`push:${this.options.name}`, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    const db = await answer(request);
    const letGo = () => {
      this.opened = undefined;
    };
    // Another page deletes the database (a logout): do not stand in its way.
    db.onversionchange = () => {
      db.close();
      letGo();
    };
    db.onclose = letGo;
    return db;
  }
}

function answer<T>(request: DbRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(asError(request.error, 'the request failed'));
  });
}

function asError(error: unknown, otherwise: string): Error {
  return error instanceof Error ? error : new Error(otherwise, { cause: error });
}
