import type { MigrationInterface } from 'typeorm';
import { tableNames } from '../table-names.js';
import { sqliteInitial } from './sqlite-initial.js';
import { sqliteState } from './sqlite-state.js';

/**
 * Every migration, oldest first. The store runs them itself when it opens; they are for hosts that want to run them
 * with a user that may change the schema. Use the table `<prefix>migrations` for them, not your own.
 */
export function pushMigrations(tablePrefix?: string): (new () => MigrationInterface)[] {
  const names = tableNames(tablePrefix);
  return [sqliteInitial(names), sqliteState(names)];
}
