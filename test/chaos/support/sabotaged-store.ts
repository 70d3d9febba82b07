import type { AccessStore, MessageStore, PresenceStore, Store } from 'push-core';

export type StoreSabotage =
  'presence ends are not recorded' | 'every connect reads its stream' | 'every connect blocks';

/** Each alone above the bar of the event loop's p99. */
const BLOCK_MS = 450;

/** What a defect of the engine would look like, made underneath it: the judges have to find each. */
export function sabotaged(store: Store, sabotage: StoreSabotage | undefined): Store {
  switch (sabotage) {
    case undefined:
      return store;
    case 'presence ends are not recorded':
      return withPart(store, 'presence', {
        record: (moves) => store.presence.record(moves.filter((move) => move.online)),
      } satisfies Partial<PresenceStore>);
    case 'every connect reads its stream':
      return withPart(store, 'messages', {
        states: async (streams) => {
          await Promise.all(streams.map((one) => store.messages.read([{ ...one, after: 0, limit: 256 }])));
          return store.messages.states(streams);
        },
      } satisfies Partial<MessageStore>);
    case 'every connect blocks':
      return withPart(store, 'access', {
        revokedAt: (users) => {
          const end = performance.now() + users.length * BLOCK_MS;
          while (performance.now() < end);
          return store.access.revokedAt(users);
        },
      } satisfies Partial<AccessStore>);
  }
}

function withPart<N extends 'access' | 'messages' | 'presence'>(
  store: Store,
  name: N,
  changed: Partial<Store[N]>,
): Store {
  const part = new Proxy<object>(store[name], {
    get(own, method: string) {
      const value = (changed as Record<string, unknown>)[method] ?? (own as Record<string, unknown>)[method];
      return typeof value === 'function' ? (value as () => unknown).bind(own) : value;
    },
  });
  const changedStore = Object.create(store) as Store;
  Object.defineProperty(changedStore, name, { value: part });
  Object.defineProperty(changedStore, 'time', { value: (now: number) => store.time(now) });
  Object.defineProperty(changedStore, 'open', { value: () => store.open() });
  Object.defineProperty(changedStore, 'close', { value: () => store.close() });
  return changedStore;
}
