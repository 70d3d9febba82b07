import type { ReadRequest, Store } from 'push-core';

export interface Calls {
  /** By operation: `messages.read`, … */
  readonly of: Record<string, number>;
  /** Pages read, by stream. */
  readonly reads: Record<string, number>;
}

type Method = (...given: unknown[]) => unknown;

/** The same store; `calls` grows with every call of a method of one of its parts. */
export function countCalls(store: Store, calls: Calls): Store {
  const parts = new Map<string, object>();
  return new Proxy(store, {
    get(whole, name: string) {
      const value = (whole as unknown as Record<string, unknown>)[name];
      if (typeof value === 'function') return (value as Method).bind(whole);
      if (typeof value !== 'object' || value === null) return value;
      if (!parts.has(name)) parts.set(name, counted(name, value, calls));
      return parts.get(name);
    },
  });
}

const counted = (name: string, part: object, calls: Calls): object =>
  new Proxy(part, {
    get(_, method: string) {
      const value = (part as Record<string, unknown>)[method];
      if (typeof value !== 'function') return value;
      return (...given: unknown[]) => {
        add(calls.of, `${name}.${method}`);
        if (name === 'messages' && method === 'read')
          for (const { stream } of given[0] as ReadRequest[]) add(calls.reads, stream);
        return (value as Method).apply(part, given);
      };
    },
  });

const add = (counts: Record<string, number>, name: string): void => void (counts[name] = (counts[name] ?? 0) + 1);
