import type { SqlDialect } from '../sql-dialect.js';
import { eraseStatements } from '../erase-statements.js';
import { listStatements } from '../list-statements.js';
import type { TableNames } from '../table-names.js';
import { accessStatements } from './access-statements.js';
import { appendStatements } from './append-statements.js';
import { cursorStatements } from './cursor-statements.js';
import { deviceStatements } from './device-statements.js';
import { jobStatements } from './job-statements.js';
import { joinStatement } from './join-statement.js';
import { messageStatements } from './message-statements.js';
import { notificationStatements } from './notification-statements.js';
import { presenceStatements } from './presence-statements.js';
import { readMarkStatements } from './read-mark-statements.js';
import { settingStatements } from './setting-statements.js';
import { tokenStatements } from './token-statements.js';
import { topicStatements } from './topic-statements.js';
import { postgresTongue } from './tongue.js';
import { trimStatements } from './trim-statements.js';

/**
 * Every statement for PostgreSQL 13 or newer. Sets travel as one array a column (`unnest`), so neither the statement
 * count nor a statement's text grows with the number of rows: each is prepared once a connection. Writes are told to
 * connections at READ COMMITTED: a statement sees what was committed before it, so whoever waited for a lock sees what
 * the one before has done.
 */
export const postgresDialect = (t: TableNames): SqlDialect => ({
  ...appendStatements(t),
  ...joinStatement(t),
  ...messageStatements(t),
  ...trimStatements(t),
  ...cursorStatements(t),
  ...deviceStatements(t),
  ...tokenStatements(t),
  ...topicStatements(t),
  ...readMarkStatements(t),
  ...presenceStatements(t),
  ...accessStatements(t),
  ...jobStatements(t),
  ...notificationStatements(t),
  ...settingStatements(t),
  ...eraseStatements(t, postgresTongue),
  ...listStatements(t, postgresTongue),
});
