/**
 * The slice of a test runner the suites call. Jest's and Vitest's own functions fit as they are; for `node:test` pass
 * `expect: (actual) => ({ toEqual: (expected) => assert.deepEqual(actual, expected) })`.
 */
export interface SuiteRunner {
  readonly describe: (name: string, define: () => void) => void;
  readonly it: (name: string, run: () => Promise<void>) => void;
  readonly beforeEach: (run: () => Promise<void>) => void;
  readonly afterEach: (run: () => Promise<void>) => void;
  /** Deep equality; a property that is absent equals one that is undefined. */
  readonly expect: (actual: unknown) => { toEqual(expected: unknown): void };
}

/** The code of the PushError a promise rejects with, or what happened instead. */
export async function rejection(attempt: () => Promise<unknown>): Promise<string> {
  try {
    await attempt();
    return 'did not reject';
  } catch (error) {
    return String((error as { code?: unknown }).code ?? error);
  }
}
