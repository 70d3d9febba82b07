import type { MigrationInterface } from 'typeorm';
import { DATABASES } from '../database-kinds.js';
import type { DatabaseKind } from '../database-location.js';
import { tableNames } from '../table-names.js';

/**
 * Every migration, oldest first. The store runs them itself when it opens; they are for hosts that want to run them
 * with a user that may change the schema. Use the table `<prefix>migrations` for them, not your own.
 */
export const pushMigrations = (
  tablePrefix?: string,
  /** `mysql` for MariaDB too. Default `sqlite`. */
  database: DatabaseKind = 'sqlite',
): (new () => MigrationInterface)[] => DATABASES[database].migrations(tableNames(tablePrefix));
