export type Row = Record<string, unknown>;
export type Parameter = string | number | null;

/**
 * One statement after the other on one connection. What stands between `BEGIN` and `COMMIT` is up to who made it.
 * Rows are those the statement returns, `RETURNING` included; none for others.
 */
export interface Sql {
  all(statement: string, parameters?: readonly Parameter[]): Promise<Row[]>;
}
