import { systemClock, type Clock, type Histogram, type Store } from 'push-core';

/** How long the store's calls took, by operation: `messages.append`, … Durations in seconds. */
export type StoreTimings = ReadonlyMap<string, Histogram>;

/** A store whose calls are timed. Everything else is the store's that was given. */
export type MeasuredStore<S extends Store = Store> = S & { readonly timings: StoreTimings };

/** Upper bounds, in seconds. */
const BOUNDS: readonly number[] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

type Part = Record<string, (...given: unknown[]) => Promise<unknown>>;

/** All of them, or it does not compile. */
const PARTS: Readonly<Record<Exclude<keyof Store, 'time' | 'open' | 'close'>, true>> = {
  messages: true,
  cursors: true,
  devices: true,
  topics: true,
  reads: true,
  presence: true,
  access: true,
  jobs: true,
  notifications: true,
  settings: true,
  preferences: true,
  erase: true,
  lists: true,
};

/**
 * Hand the result to `PushModule` in place of the store, and to the metrics: `push_store_seconds` tells how long each
 * of its calls took. The store given is left as it is.
 */
export function measureStore<S extends Store>(store: S, clock: Clock = systemClock): MeasuredStore<S> {
  const timings = new Map<string, Timing>();
  const timingOf = (operation: string): Timing => {
    const known = timings.get(operation) ?? new Timing();
    timings.set(operation, known);
    return known;
  };
  const measured = (name: string, part: Part): Part =>
    Object.fromEntries(
      methodsOf(part).map((method) => [
        method,
        async (...given: unknown[]) => {
          const begin = clock.elapsed();
          try {
            return await part[method]!(...given);
          } finally {
            timingOf(`${name}.${method}`).observe((clock.elapsed() - begin) / 1000);
          }
        },
      ]),
    );

  // What a store has beyond the contract (its table prefix, …) is still found on it.
  const result = Object.create(store) as Record<string, unknown>;
  for (const name of Object.keys(PARTS)) {
    const part = (store as unknown as Record<string, Part | undefined>)[name];
    if (part) own(result, name, measured(name, part));
  }
  own(result, 'time', (now: number) => store.time(now));
  own(result, 'open', () => store.open());
  own(result, 'close', () => store.close());
  own(result, 'timings', timings);
  return result as unknown as MeasuredStore<S>;
}

/** Defined, not assigned: a store may have getters of these names. */
const own = (target: object, name: string, value: unknown): void =>
  void Object.defineProperty(target, name, { value, enumerable: true });

function methodsOf(part: Part): string[] {
  const names = new Set<string>();
  for (let at: object = part; at !== Object.prototype && at !== null; at = Object.getPrototypeOf(at) as object) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (typeof value === 'function' && name !== 'constructor') names.add(name);
    }
  }
  return [...names];
}

class Timing implements Histogram {
  readonly bounds = BOUNDS;
  readonly counts = new Array<number>(BOUNDS.length + 1).fill(0);
  sum = 0;

  observe(seconds: number): void {
    const at = BOUNDS.findIndex((bound) => seconds <= bound);
    this.counts[at < 0 ? BOUNDS.length : at]! += 1;
    this.sum += seconds;
  }
}
