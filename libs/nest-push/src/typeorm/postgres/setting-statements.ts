import type { SqlDialect } from '../sql-dialect.js';
import { ask } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { overRows, POSITION, rowSet, tell } from './row-set.js';

type SettingStatements = Pick<
  SqlDialect,
  'settings' | 'settingsFrom' | 'putSetting' | 'removeSetting' | 'putPreferences' | 'preferences'
>;

const KEYS = rowSet('r', { tenant: 'text', name: 'text' });

export function settingStatements(t: TableNames): SettingStatements {
  const insert = `INSERT INTO "${t.setting}" AS s (tenant, name, value, version, updated_at)
    VALUES ($1, $2, $3, 1, $4) ON CONFLICT (tenant, name)`;
  return {
    settings: (keys) =>
      overRows(
        KEYS,
        keys,
        `SELECT ${POSITION} AS at, s.value, s.version, s.updated_at FROM ${KEYS.from}
        JOIN "${t.setting}" s ON s.tenant = r.tenant AND s.name = r.name`,
      ),
    settingsFrom: (tenant, from, until) =>
      ask(
        `SELECT name, value, version, updated_at FROM "${t.setting}"
        WHERE tenant = $1 AND name >= $2 AND name < $3 ORDER BY name`,
        tenant,
        from,
        until,
      ),
    putSetting: (tenant, name, value, now, ifVersion) =>
      ifVersion === null
        ? ask(
            `${insert} DO UPDATE SET value = excluded.value, version = s.version + 1, updated_at = excluded.updated_at
            RETURNING version`,
            tenant,
            name,
            value,
            now,
          )
        : ifVersion === 0
          ? ask(`${insert} DO NOTHING RETURNING version`, tenant, name, value, now)
          : ask(
              `UPDATE "${t.setting}" SET value = $3, version = version + 1, updated_at = $4
              WHERE tenant = $1 AND name = $2 AND version = $5 RETURNING version`,
              tenant,
              name,
              value,
              now,
              ifVersion,
            ),
    removeSetting: (tenant, name) =>
      ask(`DELETE FROM "${t.setting}" WHERE tenant = $1 AND name = $2 RETURNING 1 AS removed`, tenant, name),

    putPreferences: (tenant, user, preferences, now) =>
      tell(
        `INSERT INTO "${t.preference}" (tenant, "user", preferences, updated_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant, "user") DO UPDATE SET preferences = excluded.preferences, updated_at = excluded.updated_at`,
        tenant,
        user,
        preferences,
        now,
      ),
    preferences: (users) =>
      overRows(
        KEYS,
        users,
        `SELECT ${POSITION} AS at, p.preferences FROM ${KEYS.from}
        JOIN "${t.preference}" p ON p.tenant = r.tenant AND p."user" = r.name`,
      ),
  };
}
