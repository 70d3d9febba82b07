import type { SqlDialect } from '../sql-dialect.js';
import { ask } from '../steps.js';
import { eraseStatements } from '../erase-statements.js';
import { listStatements } from '../list-statements.js';
import type { TableNames } from '../table-names.js';
import { accessStatements } from './access-statements.js';
import { appendStatements } from './append-statements.js';
import { deviceStatements } from './device-statements.js';
import { jobStatements } from './job-statements.js';
import { messageStatements } from './message-statements.js';
import { sql } from './names.js';
import { notificationStatements } from './notification-statements.js';
import { presenceStatements } from './presence-statements.js';
import { readMarkStatements } from './read-mark-statements.js';
import { settingStatements } from './setting-statements.js';
import { tokenStatements } from './token-statements.js';
import { topicStatements } from './topic-statements.js';
import { mysqlTongue } from './tongue.js';
import { trimStatements } from './trim-statements.js';

/**
 * Every statement, in what MariaDB 10.6 and MySQL 8 have in common: no RETURNING, so what is answered is read before or
 * after, inside the unit. Meant for READ COMMITTED, where a search locks the rows it finds and no gaps between them.
 *
 * A set is joined as `set STRAIGHT_JOIN table FORCE INDEX`: its rows in their order, each by the index. Left to itself
 * the optimizer reads a small table whole, and so locks rows that are not asked for.
 */
export const mysqlDialect = (t: TableNames): SqlDialect => ({
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
  ...eraseStatements(t, mysqlTongue),
  ...listStatements(t, mysqlTongue),
  time: () => ask(sql`SELECT FLOOR(UNIX_TIMESTAMP(NOW(6)) * 1000) AS "now"`),
});
