import type { Row } from '../sql-connection.js';
import type { SqlDialect } from '../sql-dialect.js';
import type { Steps } from '../steps.js';
import { eraseStatements } from '../erase-statements.js';
import { listStatements } from '../list-statements.js';
import type { TableNames } from '../table-names.js';
import { accessStatements } from './access-statements.js';
import { appendStatements } from './append-statements.js';
import { deviceStatements } from './device-statements.js';
import { jobStatements } from './job-statements.js';
import { messageStatements } from './message-statements.js';
import { notificationStatements } from './notification-statements.js';
import { presenceStatements } from './presence-statements.js';
import { readMarkStatements } from './read-mark-statements.js';
import { settingStatements } from './setting-statements.js';
import { tokenStatements } from './token-statements.js';
import { topicStatements } from './topic-statements.js';
import { sqliteTongue } from './tongue.js';
import { trimStatements } from './trim-statements.js';

/**
 * Every statement for SQLite 3.38 or newer. Sets travel as one JSON text (`json_each`), so the statement count does not
 * grow with the number of rows. `WHERE true` keeps `ON CONFLICT` from being read as the `ON` of a join. Nothing is locked
 * row by row: a unit that writes has the whole file.
 */
export const sqliteDialect = (t: TableNames): SqlDialect => ({
  ...appendStatements(t),
  ...messageStatements(t),
  ...trimStatements(t),
  ...deviceStatements(t),
  ...tokenStatements(t),
  ...topicStatements(t),
  ...readMarkStatements(t),
  ...presenceStatements(t),
  ...accessStatements(t),
  ...jobStatements(t),
  ...notificationStatements(t),
  ...settingStatements(t),
  ...eraseStatements(t, sqliteTongue),
  ...listStatements(t, sqliteTongue),
  time: ownTime,
});

/** The database is in the process. */
function* ownTime(): Steps<Row[]> {
  yield* [];
  return [];
}
