import type { DatabaseConfig } from '../database-url.js';
import type { AccountMedium } from './account-medium.js';
import type { Accounts } from './accounts.js';
import { CachedAccounts } from './cached-accounts.js';
import { MemoryAccounts } from './memory-accounts.js';
import { MARIADB } from './mysql-accounts-dialect.js';
import { POSTGRES } from './postgres-accounts-dialect.js';
import { ServerMedium } from './server-medium.js';
import { SqlAccounts } from './sql-accounts.js';
import { SqliteMedium } from './sqlite-medium.js';

/** Where the messages are kept, so are the accounts. Nothing is opened yet. */
export function accountsIn(database: DatabaseConfig, medium: AccountMedium = mediumIn(database)): Accounts {
  if (database.kind === 'memory') return new MemoryAccounts();
  return new CachedAccounts(new SqlAccounts(medium));
}

/** What people, their acts and figures are kept in as well; in memory where the messages are. */
export function mediumIn(database: DatabaseConfig): AccountMedium {
  switch (database.kind) {
    case 'memory':
      return new SqliteMedium(':memory:');
    case 'sqlite':
      return new SqliteMedium(database.path);
    case 'postgres':
      return new ServerMedium(POSTGRES, database);
    case 'mysql':
      return new ServerMedium(MARIADB, database);
  }
}
