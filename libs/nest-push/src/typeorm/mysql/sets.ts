import type { Row } from '../sql-connection.js';
import { step, type Steps } from '../steps.js';
import { quiet } from './exchange.js';
import { sql } from './names.js';

/** More in one statement gains nothing, and must stay far below `max_allowed_packet`. */
const ROWS = 1000;
const CHARACTERS = 256 * 1024;

/** A text longer than any id is no id: it reads as null, and is found nowhere. */
const TEXT = 'VARCHAR(512) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

/**
 * A set that a statement is about, as a table `j`: one parameter, a JSON text of rows. A field is a text, with `#` before
 * its name a whole number. Its collation is that of the columns, or no index would be used.
 */
export function setOf(...fields: readonly string[]): string {
  const columns = fields.map((field, i) =>
    field.startsWith('#') ? sql`"${field.slice(1)}" BIGINT PATH '$[${i}]'` : sql`"${field}" ${TEXT} PATH '$[${i}]'`,
  );
  return sql`JSON_TABLE(?, '$[*]' COLUMNS ("no" FOR ORDINALITY, ${columns.join(', ')})) j`;
}

type Rows = readonly (readonly unknown[])[];

/** Rows in pieces of a bearable size, each with its place among all. */
export function* pieces(rows: Rows, most = ROWS): Generator<{ from: number; rows: Rows }> {
  for (let from = 0; from < rows.length;) {
    let to = from;
    for (let characters = 0; to < rows.length && to - from < most && characters < CHARACTERS; to++) {
      for (const field of rows[to] ?? []) if (typeof field === 'string') characters += field.length;
    }
    yield { from, rows: rows.slice(from, to) };
    from = to;
  }
}

/**
 * A statement about a set: its parameters are `before`, the set, `after`. All rows it answers, for all pieces; `at` (or
 * `asked`) counts from the beginning of the set, not of the piece.
 */
export function* askSet(
  text: string,
  rows: Rows,
  { before = [], after = [] }: { readonly before?: readonly unknown[]; readonly after?: readonly unknown[] } = {},
): Steps<Row[]> {
  const answers: Row[] = [];
  for (const piece of pieces(rows)) {
    for (const row of yield step(text, ...before, JSON.stringify(piece.rows), ...after)) {
      const place = 'asked' in row ? 'asked' : 'at';
      if (place in row) row[place] = (row[place] as number) + piece.from;
      answers.push(row);
    }
  }
  return answers;
}

/** `INSERT INTO … (…)`, the rows, and what follows them. `place`: how a row's fields stand in it. */
export function* insertRows(
  into: string,
  rows: Rows,
  then = '',
  place = `(${(rows[0] ?? []).map(() => '?').join()})`,
): Steps<void> {
  for (const piece of pieces(rows)) {
    const places = piece.rows.map(() => place).join();
    yield quiet(`${into} VALUES ${places} ${then}`, piece.rows.flat());
  }
}
