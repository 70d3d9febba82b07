import type { Row } from '../sql-connection.js';
import { step, type Steps } from '../steps.js';

/** More rows or text than this in one statement gains nothing, and holds memory. */
const ROWS = 2000;
const CHARACTERS = 1024 * 1024;

/** Rows as JSON texts, each an array of arrays and of a bearable size. */
export function* batches(rows: readonly (readonly unknown[])[]): Generator<string> {
  let batch: (readonly unknown[])[] = [];
  let characters = 0;
  for (const row of rows) {
    batch.push(row);
    for (const field of row) if (typeof field === 'string') characters += field.length;
    if (batch.length < ROWS && characters < CHARACTERS) continue;
    yield JSON.stringify(batch);
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield JSON.stringify(batch);
}

/** The statement for each batch; all their rows. */
export function* inBatches(sql: string, rows: readonly (readonly unknown[])[]): Steps<Row[]> {
  const answers: Row[] = [];
  for (const json of batches(rows)) for (const row of yield step(sql, json)) answers.push(row);
  return answers;
}
