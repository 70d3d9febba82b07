import type { Row } from './sql-connection.js';

/** A statement to run; the answer is its rows. */
export interface Step {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** A piece of work told statement by statement, so that it can be run with and without waiting between them. */
export type Steps<T> = Generator<Step, T, Row[]>;

export const step = (sql: string, ...parameters: unknown[]): Step => ({ sql, parameters });

/** A piece of work of one statement. */
export function* ask(sql: string, ...parameters: unknown[]): Steps<Row[]> {
  return yield { sql, parameters };
}

export function runSteps<T>(steps: Steps<T>, run: (sql: string, parameters: readonly unknown[]) => Row[]): T {
  let next = steps.next();
  while (!next.done) next = steps.next(run(next.value.sql, next.value.parameters));
  return next.value;
}

export async function awaitSteps<T>(steps: Steps<T>, run: (one: Step) => Promise<Row[]>): Promise<T> {
  let next = steps.next();
  while (!next.done) next = steps.next(await run(next.value));
  return next.value;
}
