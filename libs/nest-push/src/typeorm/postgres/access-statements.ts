import type { SqlDialect } from '../sql-dialect.js';
import { ask } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { overRows, POSITION, rowSet, tell } from './row-set.js';

type AccessStatements = Pick<
  SqlDialect,
  'revoke' | 'revokedAt' | 'revokedSince' | 'dropTickets' | 'putTicket' | 'takeTicket' | 'time'
>;

const USERS = rowSet('r', { tenant: 'text', reader: 'text' });

export function accessStatements(t: TableNames): AccessStatements {
  return {
    revoke: (tenant, user, at) =>
      tell(
        `INSERT INTO "${t.revocation}" AS k (tenant, "user", at) VALUES ($1, $2, $3)
        ON CONFLICT (tenant, "user") DO UPDATE SET at = excluded.at WHERE k.at < excluded.at`,
        tenant,
        user,
        at,
      ),
    revokedAt: (users) =>
      overRows(
        USERS,
        users,
        `SELECT ${POSITION} AS asked, k.at FROM ${USERS.from}
        JOIN "${t.revocation}" k ON k.tenant = r.tenant AND k."user" = r.reader`,
        [],
        'asked',
      ),
    revokedSince: (since) => ask(`SELECT tenant, "user", at FROM "${t.revocation}" WHERE at >= $1 ORDER BY at`, since),
    dropTickets: (now) => tell(`DELETE FROM "${t.ticket}" WHERE expires_at <= $1`, now),
    putTicket: (digest, identity, expiresAt) =>
      tell(
        `INSERT INTO "${t.ticket}" (digest, identity, expires_at) VALUES ($1, $2, $3)
        ON CONFLICT (digest) DO UPDATE SET identity = excluded.identity, expires_at = excluded.expires_at`,
        digest,
        identity,
        expiresAt,
      ),
    takeTicket: (digest) => ask(`DELETE FROM "${t.ticket}" WHERE digest = $1 RETURNING identity, expires_at`, digest),
    time: () => ask(`SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::int8 AS now`),
  };
}
