/**
 * The order in which every unit of work locks its rows, so that no two wait for each other: by code unit, field by field.
 * Which order it is does not matter, only that there is one, and that it does not depend on a database's collation.
 */
export const byCodeUnit = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** Rows by their first `fields` fields, which are texts. */
export const inLockOrder = <R extends readonly unknown[]>(rows: readonly R[], fields: number): R[] =>
  [...rows].sort((a, b) => {
    for (let i = 0; i < fields; i++) {
      const order = byCodeUnit(a[i] as string, b[i] as string);
      if (order !== 0) return order;
    }
    return 0;
  });
