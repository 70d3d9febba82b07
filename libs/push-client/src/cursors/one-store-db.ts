import type { Db, DbFactory, DbRequest, DbTransaction } from './indexed-db-slice.js';

/** An IndexedDB database with one store in it, opened when it is needed and again after it was taken away. */
export class OneStoreDb {
  private opened: Promise<Db> | undefined;

  constructor(
    private readonly name: string,
    private readonly store: string,
    private readonly factory: DbFactory | undefined,
  ) {}

  async transaction(mode: 'readonly' | 'readwrite'): Promise<DbTransaction> {
    return (await this.db()).transaction(this.store, mode);
  }

  private db(): Promise<Db> {
    this.opened ??= this.open().catch((error: unknown) => {
      this.opened = undefined;
      throw error;
    });
    return this.opened;
  }

  private async open(): Promise<Db> {
    const factory = this.factory ?? (globalThis as unknown as { indexedDB?: DbFactory }).indexedDB;
    if (factory === undefined) throw new Error('there is no indexedDB here');
    const request = factory.open(this.name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(this.store);
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

export function answer<T>(request: DbRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(asError(request.error, 'the request failed'));
  });
}

/** Resolves at the commit: a request's success is not yet that. Ask for it before the first request. */
export function committed(transaction: DbTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(asError(transaction.error, 'the transaction was aborted'));
  });
}

function asError(error: unknown, otherwise: string): Error {
  return error instanceof Error ? error : new Error(otherwise, { cause: error });
}
