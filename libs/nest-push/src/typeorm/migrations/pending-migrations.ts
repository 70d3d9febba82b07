import { kindOf } from '../database-location.js';
import { lookInto } from '../look-into.js';
import { tableNames } from '../table-names.js';
import { pushMigrations } from './push-migrations.js';

export interface MigrationState {
  readonly applied: readonly string[];
  /** In the order they would run. */
  readonly pending: readonly string[];
}

/**
 * Which of the engine's migrations a database has, and which it has not. Looks only. Of others, that are kept in a table
 * of their own, likewise: `known` are their names, oldest first.
 */
export function migrationState(
  url: string,
  {
    tablePrefix,
    table = tableNames(tablePrefix).migrations,
    known = pushMigrations(tablePrefix, kindOf({ url })).map((Migration) => new Migration().name as string),
  }: { readonly tablePrefix?: string; readonly table?: string; readonly known?: readonly string[] } = {},
): Promise<MigrationState> {
  return lookInto(url, async ({ tables, quoted, ask }) => {
    const rows = tables.has(table) ? await ask(`SELECT ${quoted('name')} FROM ${quoted(table)}`) : [];
    const applied = new Set(rows.map(([name]) => String(name)));
    return { applied: known.filter((name) => applied.has(name)), pending: known.filter((name) => !applied.has(name)) };
  });
}
