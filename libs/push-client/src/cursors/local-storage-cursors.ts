import type { Position, StreamName } from 'push-core/wire';
import type { CursorStorage } from './cursor-storage.js';

/** The slice of the Web Storage API used here. */
export interface KeyValueStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface LocalStorageCursorsOptions {
  /** Keeps users and devices of one origin apart, for instance `user/device`. */
  name: string;
  /** Default: the global `localStorage`. */
  storage?: KeyValueStorage;
}

/** One key a stream: `push:<name>:<stream>`. For pages; a worker has no localStorage and takes IndexedDB. */
export class LocalStorageCursors implements CursorStorage {
  private readonly prefix: string;

  constructor(private readonly options: LocalStorageCursorsOptions) {
    this.prefix = `push:${encodeURIComponent(options.name)}:`;
  }

  async load(): Promise<Record<StreamName, unknown>> {
    const storage = this.storage();
    const found: [StreamName, unknown][] = [];
    for (let index = 0; index < storage.length; index += 1) {
      const key = storage.key(index);
      if (key === null || !key.startsWith(this.prefix)) continue;
      found.push([key.slice(this.prefix.length), parse(storage.getItem(key))]);
    }
    return Object.fromEntries(found);
  }

  async save(stream: StreamName, position: Position): Promise<void> {
    this.storage().setItem(this.prefix + stream, JSON.stringify(position));
  }

  async forget(stream: StreamName): Promise<void> {
    this.storage().removeItem(this.prefix + stream);
  }

  /** Late, because a browser may refuse the mere access; that belongs into a rejection. */
  private storage(): KeyValueStorage {
    const storage = this.options.storage ?? (globalThis as unknown as { localStorage?: KeyValueStorage }).localStorage;
    if (storage === undefined) throw new Error('there is no localStorage here');
    return storage;
  }
}

function parse(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return text;
  }
}
