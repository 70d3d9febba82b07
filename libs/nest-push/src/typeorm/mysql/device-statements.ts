import type { DeviceKey, SqlDialect } from '../sql-dialect.js';
import type { Row } from '../sql-connection.js';
import { ask, step, type Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { sql } from './names.js';
import { askSet, insertRows, setOf } from './sets.js';

type DeviceStatements = Pick<
  SqlDialect,
  'cursors' | 'advance' | 'reached' | 'reachedBy' | 'dropCursors' | 'putDevice' | 'devices' | 'removeDevice'
>;

export function deviceStatements(t: TableNames): DeviceStatements {
  const ofDevice = sql`tenant = ? AND "user" = ? AND device = ?`;
  return {
    cursors: (devices) =>
      askSet(
        sql`SELECT j.no - 1 AS "at", c.stream, c.epoch, c.seq FROM ${setOf('tenant', 'user', 'device')}
        STRAIGHT_JOIN "${t.cursor}" c FORCE INDEX (by_device)
        ON c.tenant = j.tenant AND c."user" = j."user" AND c.device = j.device`,
        devices,
      ),
    /** Assignments take effect from left to right: the epoch is compared before it changes. */
    advance: (rows) =>
      insertRows(
        sql`INSERT INTO "${t.cursor}" (tenant, stream, "user", device, epoch, seq, began)`,
        rows,
        sql`ON DUPLICATE KEY UPDATE
          seq = IF(epoch <> VALUES(epoch) OR (seq < VALUES(seq) AND VALUES(began) = 0), VALUES(seq), seq),
          began = IF(epoch <> VALUES(epoch), VALUES(began), began),
          epoch = VALUES(epoch)`,
      ),
    reached: (tenant, places) =>
      askSet(
        sql`SELECT j.no - 1 AS "at", (SELECT COUNT(DISTINCT c."user") FROM "${t.cursor}" c FORCE INDEX (PRIMARY)
          WHERE c.tenant = ? AND c.stream = j.stream AND c.epoch = j.epoch AND c.seq >= j.seq AND c.began < j.seq) AS users
        FROM ${setOf('stream', 'epoch', '#seq')}`,
        places,
        { before: [tenant] },
      ),
    reachedBy: (requests) =>
      askSet(
        sql`SELECT j.no - 1 AS "at", c.device FROM ${setOf('tenant', 'stream', 'user', 'epoch', '#seq')}
        STRAIGHT_JOIN "${t.cursor}" c FORCE INDEX (PRIMARY) ON c.tenant = j.tenant AND c.stream = j.stream
          AND c."user" = j."user" AND c.epoch = j.epoch AND c.seq >= j.seq AND c.began < j.seq
        ORDER BY j.no, c.device`,
        requests,
      ),
    dropCursors: (device) => ask(sql`DELETE FROM "${t.cursor}" WHERE ${ofDevice}`, ...device),

    *putDevice(fields: readonly unknown[]): Steps<Row[]> {
      yield* insertRows(
        sql`INSERT INTO "${t.device}" (tenant, "user", device, platform, tokens, locale, time_zone, app_version,
          registered_at, updated_at)`,
        [fields],
        sql`ON DUPLICATE KEY UPDATE platform = VALUES(platform), tokens = VALUES(tokens), locale = VALUES(locale),
          time_zone = VALUES(time_zone), app_version = VALUES(app_version), updated_at = VALUES(updated_at)`,
      );
      return yield step(sql`SELECT registered_at FROM "${t.device}" WHERE ${ofDevice}`, ...fields.slice(0, 3));
    },
    devices: (users) =>
      askSet(
        sql`SELECT j.no - 1 AS "at", d.* FROM ${setOf('tenant', 'user')}
        STRAIGHT_JOIN "${t.device}" d FORCE INDEX (PRIMARY) ON d.tenant = j.tenant AND d."user" = j."user"
        ORDER BY j.no, d.device`,
        users,
      ),
    *removeDevice(device: DeviceKey): Steps<Row[]> {
      const removed: Row[] = yield step(
        sql`SELECT 1 AS removed FROM "${t.device}" WHERE ${ofDevice} FOR UPDATE`,
        ...device,
      );
      if (removed.length > 0) yield step(sql`DELETE FROM "${t.device}" WHERE ${ofDevice}`, ...device);
      return removed;
    },
  };
}
