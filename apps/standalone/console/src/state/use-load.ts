import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

export interface Loaded<T> {
  readonly value: T | undefined;
  readonly error: unknown;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

interface LoadOptions {
  /** Asked again this often, while somebody can see the page. */
  readonly everyMs?: number;
}

/** What `load` answers, asked again when `of` changes. The last answer stays while the next is on its way, and when that fails. */
export function useLoad<T>(
  load: (stop: AbortSignal) => Promise<T>,
  of: readonly unknown[],
  { everyMs }: LoadOptions = {},
): Loaded<T> {
  const [value, setValue] = useState<T>();
  const [error, setError] = useState<unknown>();
  const [isLoading, setLoading] = useState(true);
  const [turn, setTurn] = useState(0);
  const key = JSON.stringify(of);
  const shown = useRef(key);
  const latest = useRef(load);
  latest.current = load;
  const reload = useCallback(() => setTurn((n) => n + 1), []);

  useEffect(() => {
    const stop = new AbortController();
    if (shown.current !== key) {
      shown.current = key;
      setValue(undefined);
      setError(undefined);
    }
    setLoading(true);
    latest.current(stop.signal).then(
      (answer) => {
        if (stop.signal.aborted) return;
        setValue(() => answer);
        setError(undefined);
        setLoading(false);
      },
      (thrown: unknown) => {
        if (stop.signal.aborted) return;
        setError(thrown);
        setLoading(false);
      },
    );
    return () => stop.abort();
  }, [key, turn]);

  useEffect(() => {
    if (everyMs === undefined) return undefined;
    const look = () => document.visibilityState === 'visible' && reload();
    const timer = setInterval(look, everyMs);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [everyMs, reload]);

  return { value, error, isLoading, reload };
}
