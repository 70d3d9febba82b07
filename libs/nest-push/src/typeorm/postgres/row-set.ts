import type { Row } from '../sql-connection.js';
import type { Step, Steps } from '../steps.js';
import { binaryArray, type ColumnType } from './arrays.js';

/** More rows or text than this in one statement gains nothing, and holds memory on both sides. */
const ROWS = 2000;
const CHARACTERS = 1024 * 1024;

/** A step whose answer nobody waits for: it travels along with the next one, or with the COMMIT. */
export interface QuietStep extends Step {
  readonly quiet: true;
}

/** The last step of its unit: what it answers is the unit's end, so the COMMIT can travel along with it. */
export interface LastStep extends Step {
  readonly last: true;
}

/** A set of rows that a statement takes as its first parameters, one array a column. */
export interface RowSet {
  /** For FROM. Beside the columns there is `at`, the position from 1 on. */
  readonly from: string;
  readonly types: readonly ColumnType[];
  /** The same set with its parameters from `$first` on. */
  readonly startingAt: (first: number) => RowSet;
}

export function rowSet(alias: string, columns: Readonly<Record<string, ColumnType>>, first = 1): RowSet {
  const types = Object.values(columns);
  const arrays = types.map((type, i) => `$${first + i}::${type}[]`).join(', ');
  return {
    from: `unnest(${arrays}) WITH ORDINALITY AS ${alias} (${Object.keys(columns).join(', ')}, at)`,
    types,
    startingAt: (parameter) => rowSet(alias, columns, parameter),
  };
}

export const arraysOf = (types: readonly ColumnType[], rows: readonly (readonly unknown[])[]): Buffer[] =>
  types.map((type, column) =>
    binaryArray(
      type,
      rows.map((row) => row[column]),
    ),
  );

/** Position of a row in the set asked about, from 0 on. */
export const POSITION = '(r.at - 1)::int4';

/** Runs `sql` for so many rows at a time as are bearable. Its column `position` counts through all of them. */
export function* overRows(
  { types }: RowSet,
  rows: readonly (readonly unknown[])[],
  sql: string,
  more: readonly unknown[] = [],
  position = 'at',
): Steps<Row[]> {
  let found: Row[] = [];
  for (const [from, part] of parts(rows)) {
    const answer: Row[] = yield { sql, parameters: [...arraysOf(types, part), ...more] };
    if (from > 0) for (const row of answer) row[position] = (row[position] as number) + from;
    found = found.length === 0 ? answer : found.concat(answer);
  }
  return found;
}

/** The same for a statement that answers nothing. */
export function* quietly(
  { types }: RowSet,
  rows: readonly (readonly unknown[])[],
  sql: string,
  more: readonly unknown[] = [],
): Steps<void> {
  for (const [, part] of parts(rows)) yield quiet(sql, ...arraysOf(types, part), ...more);
}

export const lastly = (step: Step): LastStep => ({ ...step, last: true });

export const quiet = (sql: string, ...parameters: readonly unknown[]): QuietStep => ({ sql, parameters, quiet: true });

/** A piece of work of one quiet statement. */
export function* tell(sql: string, ...parameters: readonly unknown[]): Steps<void> {
  yield quiet(sql, ...parameters);
}

/** Cuts a set into bearable ones; each with the position of its first row. */
export function* parts<R extends readonly unknown[]>(rows: readonly R[]): Generator<readonly [number, readonly R[]]> {
  let from = 0;
  let characters = 0;
  for (let at = 0; at < rows.length; at++) {
    let size = 0;
    for (const field of rows[at] as R) if (typeof field === 'string') size += field.length;
    if (at > from && (at - from >= ROWS || characters + size > CHARACTERS)) {
      yield [from, from === 0 && at === rows.length ? rows : rows.slice(from, at)];
      from = at;
      characters = 0;
    }
    characters += size;
  }
  if (from < rows.length) yield [from, from === 0 ? rows : rows.slice(from)];
}
