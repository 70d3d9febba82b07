import type { SqlDialect } from '../sql-dialect.js';
import { ask } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { overRows, POSITION, rowSet } from './row-set.js';

type DeviceStatements = Pick<SqlDialect, 'putDevice' | 'devices' | 'removeDevice'>;

const USERS = rowSet('r', { tenant: 'text', reader: 'text' });
const COLUMNS = `tenant, "user", device, platform, tokens, locale, time_zone, app_version, registered_at, updated_at`;

export function deviceStatements(t: TableNames): DeviceStatements {
  return {
    putDevice: (fields) =>
      ask(
        `INSERT INTO "${t.device}" (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (tenant, "user", device) DO UPDATE SET platform = excluded.platform, tokens = excluded.tokens,
          locale = excluded.locale, time_zone = excluded.time_zone, app_version = excluded.app_version,
          updated_at = excluded.updated_at RETURNING registered_at`,
        ...fields,
      ),
    devices: (users) =>
      overRows(
        USERS,
        users,
        `SELECT ${POSITION} AS at, d.* FROM ${USERS.from}
        JOIN "${t.device}" d ON d.tenant = r.tenant AND d."user" = r.reader ORDER BY r.at, d.device`,
      ),
    removeDevice: (device) =>
      ask(
        `DELETE FROM "${t.device}" WHERE tenant = $1 AND "user" = $2 AND device = $3 RETURNING 1 AS removed`,
        ...device,
      ),
  };
}
