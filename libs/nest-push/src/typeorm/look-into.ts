import { backupMediumOf, inStoreWords } from './backup/backup-in.js';
import type { Value, ValueRow } from './backup/backup-medium.js';

/** A database as it is at one moment. Nothing can be changed through it. */
export interface DatabaseView {
  /** Names of the tables there are. */
  readonly tables: ReadonlySet<string>;
  /** A name as it stands in a statement. */
  readonly quoted: (name: string) => string;
  /** One statement, with `?` for each value; rows as arrays. */
  readonly ask: (sql: string, values?: readonly Value[]) => Promise<readonly ValueRow[]>;
}

/**
 * Looks at a database without a store: no table is made, none is brought up to date. Rejects with a PushError, or with
 * what `look` throws.
 */
export async function lookInto<T>(url: string, look: (view: DatabaseView) => Promise<T>): Promise<T> {
  const medium = backupMediumOf(url);
  try {
    await medium.begin('read');
    const tables = new Set((await medium.tables()).map(({ name }) => name));
    return await look({
      tables,
      quoted: (name) => medium.quoted(name),
      ask: (sql, values) => medium.ask(sql, values),
    });
  } catch (error) {
    throw inStoreWords(error, medium);
  } finally {
    await medium.close();
  }
}
