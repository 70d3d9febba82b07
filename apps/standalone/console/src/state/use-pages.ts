import { useEffect, useRef, useState } from 'preact/hooks';

export interface Page<T, N> {
  readonly items: readonly T[];
  /** Where the next page begins; absent: this was the last. */
  readonly next?: N;
}

export interface Pages<T> {
  readonly items: readonly T[];
  /** False until the first answer. */
  readonly isKnown: boolean;
  readonly isLoading: boolean;
  readonly hasMore: boolean;
  readonly error: unknown;
  readonly more: () => void;
  readonly reload: () => void;
}

interface Held<T, N> {
  readonly items: readonly T[];
  readonly next?: N;
  readonly isKnown: boolean;
}

/** A long list, a page at a time: as much as somebody asked to see, and never everything. Begins anew when `of` changes. */
export function usePages<T, N extends string | number>(
  load: (next: N | undefined, stop: AbortSignal) => Promise<Page<T, N>>,
  of: readonly unknown[],
): Pages<T> {
  const [held, setHeld] = useState<Held<T, N>>({ items: [], isKnown: false });
  const [isLoading, setLoading] = useState(true);
  const [error, setError] = useState<unknown>();
  const [turn, setTurn] = useState(0);
  const key = JSON.stringify(of);
  const latest = useRef(load);
  latest.current = load;
  const stop = useRef(new AbortController());

  function ask(next: N | undefined, before: readonly T[]): void {
    stop.current.abort();
    const { signal } = (stop.current = new AbortController());
    setLoading(true);
    latest.current(next, signal).then(
      (page) => {
        if (signal.aborted) return;
        setHeld({ items: [...before, ...page.items], next: page.next, isKnown: true });
        setError(undefined);
        setLoading(false);
      },
      (thrown: unknown) => {
        if (signal.aborted) return;
        setError(thrown);
        setLoading(false);
      },
    );
  }

  useEffect(() => {
    ask(undefined, []);
    return () => stop.current.abort();
  }, [key, turn]);

  return {
    items: held.items,
    isKnown: held.isKnown,
    isLoading,
    hasMore: held.next !== undefined,
    error,
    more: () => ask(held.next, held.items),
    reload: () => setTurn((n) => n + 1),
  };
}
