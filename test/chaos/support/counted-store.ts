import type { ReadRequest, Store } from 'push-core';

export interface Calls {
  /** By operation: `messages.read`, … */
  readonly of: Record<string, number>;
  /** Pages read, by stream. */
  readonly reads: Record<string, number>;
}

type Method = (...given: unknown[]) => unknown;

/** The same store; `calls` grows with every call of a method that is in the contract. */
export function countCalls(store: Store, calls: Calls): Store {
  const parts = ['messages', 'cursors', 'devices', 'topics', 'reads', 'presence', 'access'] as const;
  const counted = Object.fromEntries(
    parts.map((name) => [
      name,
      new Proxy(store[name] as object, {
        get(part, method: string) {
          const value = (part as Record<string, unknown>)[method];
          if (typeof value !== 'function') return value;
          return (...given: unknown[]) => {
            add(calls.of, `${name}.${method}`);
            if (method === 'read') for (const { stream } of given[0] as ReadRequest[]) add(calls.reads, stream);
            return (value as Method).apply(part, given);
          };
        },
      }),
    ]),
  );
  return { ...counted, open: () => store.open(), close: () => store.close() } as unknown as Store;
}

const add = (counts: Record<string, number>, name: string): void => void (counts[name] = (counts[name] ?? 0) + 1);
