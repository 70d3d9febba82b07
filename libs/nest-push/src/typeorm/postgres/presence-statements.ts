import { ENDLESS } from '../endless.js';
import type { SqlDialect } from '../sql-dialect.js';
import { ask } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { overRows, POSITION, quietly, rowSet, tell } from './row-set.js';

type PresenceStatements = Pick<
  SqlDialect,
  | 'putPresence'
  | 'endPresence'
  | 'presence'
  | 'holders'
  | 'dropPresence'
  | 'lease'
  | 'lapsedNodes'
  | 'endConnections'
  | 'dropNode'
>;

const MOVES = rowSet('r', {
  tenant: 'text',
  reader: 'text',
  device: 'text',
  connection: 'text',
  node: 'text',
  transport: 'text',
  moved_at: 'int8',
  online_until: 'int8',
});
const NAMES = rowSet('r', { reader: 'text' });
const USERS = rowSet('r', { tenant: 'text', reader: 'text' });

export function presenceStatements(t: TableNames): PresenceStatements {
  return {
    putPresence: (rows) =>
      quietly(
        MOVES,
        rows,
        `INSERT INTO "${t.presence}" (tenant, "user", device, connection, node, transport, at, online_until)
        SELECT r.tenant, r.reader, r.device, r.connection, r.node, r.transport, r.moved_at, r.online_until
        FROM ${MOVES.from} ORDER BY r.at
        ON CONFLICT (tenant, "user", device) DO UPDATE SET connection = excluded.connection, node = excluded.node,
          transport = excluded.transport, at = excluded.at, online_until = excluded.online_until`,
      ),
    endPresence: (rows) =>
      quietly(
        MOVES,
        rows,
        `WITH ended AS MATERIALIZED (
          SELECT r.* FROM ${MOVES.from}
          JOIN "${t.presence}" p ON p.tenant = r.tenant AND p."user" = r.reader AND p.device = r.device
            AND p.connection = r.connection
          ORDER BY r.at FOR UPDATE OF p)
        UPDATE "${t.presence}" p SET node = e.node, transport = e.transport, at = e.moved_at,
          online_until = e.online_until
        FROM ended e WHERE p.tenant = e.tenant AND p."user" = e.reader AND p.device = e.device`,
      ),
    presence: (tenant, users) =>
      overRows(
        NAMES,
        users.map((user) => [user]),
        `SELECT ${POSITION} AS asked, p.device, p.node, p.transport, p.at, p.online_until, n.renewed_at, n.until
        FROM ${NAMES.from} JOIN "${t.presence}" p ON p.tenant = $2 AND p."user" = r.reader
        LEFT JOIN "${t.node}" n ON n.node = p.node ORDER BY r.at, p.device`,
        [tenant],
        'asked',
      ),
    holders: (users, now) =>
      overRows(
        USERS,
        users,
        `SELECT DISTINCT ${POSITION} AS at, p.node FROM ${USERS.from}
        JOIN "${t.presence}" p ON p.tenant = r.tenant AND p."user" = r.reader AND p.online_until > $3
        JOIN "${t.node}" n ON n.node = p.node AND n.until > $3`,
        [now],
      ),
    dropPresence: (device) =>
      tell(`DELETE FROM "${t.presence}" WHERE tenant = $1 AND "user" = $2 AND device = $3`, ...device),
    lease: (node, now, until) =>
      tell(
        `INSERT INTO "${t.node}" (node, renewed_at, until) VALUES ($1, $2, $3)
        ON CONFLICT (node) DO UPDATE SET renewed_at = excluded.renewed_at, until = excluded.until`,
        node,
        now,
        until,
      ),
    lapsedNodes: (until) => ask(`SELECT node FROM "${t.node}" WHERE until <= $1`, until),
    endConnections: (node) =>
      tell(
        `UPDATE "${t.presence}" SET online_until = NULL, at = CASE online_until WHEN ${ENDLESS}
          THEN greatest(at, coalesce((SELECT renewed_at FROM "${t.node}" WHERE node = $1), 0)) ELSE at END
        WHERE node = $1 AND online_until IS NOT NULL`,
        node,
      ),
    dropNode: (node) => tell(`DELETE FROM "${t.node}" WHERE node = $1`, node),
  };
}
