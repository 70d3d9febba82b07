import type { MigrationInterface } from 'typeorm';
import { tablesWith } from '../tables.js';
import { initial } from './initial.js';

/** All migrations, oldest first, for a host that runs them itself. */
export function pushMigrations(tablePrefix: string): (new () => MigrationInterface)[] {
  return [initial(tablesWith(tablePrefix))];
}
