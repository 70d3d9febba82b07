import type { SqlDialect } from '../sql-dialect.js';
import { ask } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { inBatches } from './batches.js';
import { fields } from './columns.js';

type DeviceStatements = Pick<
  SqlDialect,
  'cursors' | 'advance' | 'reached' | 'reachedBy' | 'dropCursors' | 'putDevice' | 'devices' | 'removeDevice'
>;

export function deviceStatements(t: TableNames): DeviceStatements {
  return {
    /** The index is named: without statistics SQLite takes a tenant for small. */
    cursors: (devices) =>
      ask(
        `SELECT j.key AS at, c.stream, c.epoch, c.seq FROM json_each(?) j
        CROSS JOIN "${t.cursor}" c INDEXED BY "${t.cursor}_device" ON c.tenant = j.value ->> 0 AND c.user = j.value ->> 1 AND c.device = j.value ->> 2`,
        JSON.stringify(devices),
      ),
    advance: (rows) =>
      inBatches(
        `INSERT INTO "${t.cursor}" (tenant, stream, user, device, epoch, seq, began)
        SELECT ${fields(7)} FROM json_each(?) WHERE true
        ON CONFLICT (tenant, stream, user, device) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq,
          began = CASE epoch WHEN excluded.epoch THEN began ELSE excluded.began END
        WHERE epoch <> excluded.epoch OR (seq < excluded.seq AND excluded.began = 0)`,
        rows,
      ),
    reached: (tenant, places) =>
      ask(
        `SELECT j.key AS at, count(DISTINCT c.user) AS users FROM json_each(?1) j
        CROSS JOIN "${t.cursor}" c ON c.tenant = ?2 AND c.stream = j.value ->> 0 AND c.epoch = j.value ->> 1
          AND c.seq >= j.value ->> 2 AND c.began < j.value ->> 2
        GROUP BY j.key`,
        JSON.stringify(places),
        tenant,
      ),
    reachedBy: (requests) =>
      ask(
        `SELECT j.key AS at, c.device FROM json_each(?) j
        CROSS JOIN "${t.cursor}" c ON c.tenant = j.value ->> 0 AND c.stream = j.value ->> 1 AND c.user = j.value ->> 2
          AND c.epoch = j.value ->> 3 AND c.seq >= j.value ->> 4 AND c.began < j.value ->> 4
        ORDER BY j.key, c.device`,
        JSON.stringify(requests),
      ),
    dropCursors: (device) =>
      ask(
        `DELETE FROM "${t.cursor}" WHERE (tenant, stream, user, device) IN
        (SELECT tenant, stream, user, device FROM "${t.cursor}" WHERE tenant = ? AND user = ? AND device = ?)`,
        ...device,
      ),

    putDevice: (device) =>
      ask(
        `INSERT INTO "${t.device}" (tenant, user, device, platform, tokens, locale, time_zone, app_version,
          registered_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (tenant, user, device) DO UPDATE SET platform = excluded.platform, tokens = excluded.tokens,
          locale = excluded.locale, time_zone = excluded.time_zone, app_version = excluded.app_version,
          updated_at = excluded.updated_at RETURNING registered_at`,
        ...device,
      ),
    devices: (users) =>
      ask(
        `SELECT j.key AS at, d.* FROM json_each(?) j
        CROSS JOIN "${t.device}" d ON d.tenant = j.value ->> 0 AND d.user = j.value ->> 1 ORDER BY j.key, d.device`,
        JSON.stringify(users),
      ),
    removeDevice: (device) =>
      ask(`DELETE FROM "${t.device}" WHERE tenant = ? AND user = ? AND device = ? RETURNING 1`, ...device),
  };
}
