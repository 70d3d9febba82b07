import { useRef, useState } from 'preact/hooks';
import { Problem } from '../api/problem';

export interface Action<A extends readonly unknown[]> {
  readonly isBusy: boolean;
  readonly problem: Problem | undefined;
  readonly run: (...input: A) => Promise<void>;
  readonly clear: () => void;
}

/** Something a button does: once at a time, and what goes wrong is kept to be shown. */
export function useAction<A extends readonly unknown[]>(act: (...input: A) => Promise<unknown>): Action<A> {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const running = useRef(false);

  async function run(...input: A): Promise<void> {
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setProblem(undefined);
    try {
      await act(...input);
    } catch (error) {
      setProblem(Problem.from(error));
    } finally {
      running.current = false;
      setBusy(false);
    }
  }

  return { isBusy, problem, run, clear: () => setProblem(undefined) };
}
