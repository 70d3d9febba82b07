// The slice of the IndexedDB API used here: typed by hand, so that this compiles without the browser's types too.

export interface DbRequest<T> {
  result: T;
  error: unknown;
  onsuccess: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
}

export interface DbOpenRequest extends DbRequest<Db> {
  onupgradeneeded: ((event: never) => void) | null;
  onblocked: ((event: never) => void) | null;
}

export interface DbStore {
  put(value: unknown, key: string): unknown;
  delete(key: string): unknown;
  get(key: string): DbRequest<unknown>;
  getAllKeys(): DbRequest<unknown[]>;
  getAll(): DbRequest<unknown[]>;
}

export interface DbTransaction {
  error: unknown;
  oncomplete: ((event: never) => void) | null;
  onabort: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  objectStore(name: string): DbStore;
}

export interface Db {
  onversionchange: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  createObjectStore(name: string): unknown;
  transaction(store: string, mode: 'readonly' | 'readwrite'): DbTransaction;
  close(): void;
}

export interface DbFactory {
  open(name: string, version: number): DbOpenRequest;
}
