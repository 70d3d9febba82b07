import { PushError, type Store } from 'push-core';

type Part = Record<string, (...args: unknown[]) => unknown>;

const PARTS = [
  ...['messages', 'cursors', 'devices', 'topics', 'reads', 'presence', 'access'],
  ...['jobs', 'notifications', 'settings', 'preferences', 'erase', 'lists'],
];

export interface LateStore extends Store {
  readonly tablePrefix?: string;
  /** Before the engine starts, once. */
  bind(store: Store): void;
}

/**
 * Stands where a `@PushStore()` class will: the engine is made while Nest still makes the providers that class may depend on.
 */
export function lateStore(): LateStore {
  let bound: Store | undefined;
  const store = (): Store => {
    if (bound) return bound;
    throw new PushError('STORE_UNAVAILABLE', 'The application has not started yet: call await app.init() first');
  };
  const partOf = (name: string): unknown =>
    new Proxy(
      {},
      {
        get: (_target, method) => (typeof method === 'symbol' || method === 'then' ? undefined : forward(name, method)),
      },
    );
  const forward =
    (name: string, method: string) =>
    (...args: unknown[]): unknown => {
      const part = (store() as unknown as Record<string, Part>)[name] as Part;
      return (part[method] as (...args: unknown[]) => unknown).apply(part, args);
    };
  const parts = Object.fromEntries(PARTS.map((name) => [name, partOf(name)])) as unknown as Store;
  return {
    ...parts,
    // What joins a transaction of the host names its tables as the store does.
    get tablePrefix() {
      return (bound as { readonly tablePrefix?: string } | undefined)?.tablePrefix;
    },
    time: (now) => store().time(now),
    open: () => store().open(),
    close: async () => bound?.close(),
    bind: (given) => void (bound = given),
  };
}
