/** A statement is prepared once for each of these row counts, and used again. */
const SIZES = [64, 16, 4, 1];

/** Splits `rows` rows of equally many parameters into the sizes statements are prepared for. */
export function* chunks(rows: number, parameters: readonly unknown[]): Generator<[rows: number, unknown[]]> {
  const width = parameters.length / rows;
  for (let from = 0; from < rows;) {
    const size = SIZES.find((one) => one <= rows - from) as number;
    yield [size, parameters.slice(from * width, (from + size) * width)];
    from += size;
  }
}
