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
