import type { Steps } from './steps.js';

/** A table, and the columns of its primary key. */
export interface Keyed {
  readonly table: string;
  readonly key: readonly string[];
  /** SQLite numbers its rows. */
  readonly isNumbered: boolean;
}

/**
 * How one kind of database says what all of them say nearly alike: for statements that are seldom, and so plain that each
 * need not have its own.
 */
export interface Tongue {
  /** SQL with `?` for each parameter and `"name"` for each name, as this database takes it. */
  readonly say: (text: string) => string;
  /** Whether the text in the column contains a parameter. */
  readonly contains: (column: string) => string;
  /** Whether the number in the column is one of a parameter's; and that parameter. */
  readonly among: (column: string) => string;
  readonly numbers: (numbers: readonly number[]) => unknown;
  /** What follows an INSERT whose key may be there already. */
  readonly orReplace: (key: string, column: string) => string;
  /** What follows the table of entries where they are looked up by their message. */
  readonly byMessage: (entries: string) => string;
  /** Which notifications are a user's; the parameters that it has: tenant and user. */
  readonly notificationsOf: {
    readonly condition: string;
    readonly parameters: (tenant: string, user: string) => unknown[];
  };
  /** Removes rows, whichever of those that match, at most so many; answers how many. */
  readonly remove: (from: Keyed, where: string, parameters: readonly unknown[], limit: number) => Steps<number>;
}
