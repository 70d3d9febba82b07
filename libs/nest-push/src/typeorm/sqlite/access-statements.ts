import type { SqlDialect } from '../sql-dialect.js';
import { ask } from '../steps.js';
import type { TableNames } from '../table-names.js';

type AccessStatements = Pick<
  SqlDialect,
  'revoke' | 'revokedAt' | 'revokedSince' | 'dropTickets' | 'putTicket' | 'takeTicket'
>;

export function accessStatements(t: TableNames): AccessStatements {
  return {
    revoke: (tenant, user, at) =>
      ask(
        `INSERT INTO "${t.revocation}" (tenant, user, at) VALUES (?, ?, ?)
        ON CONFLICT (tenant, user) DO UPDATE SET at = excluded.at WHERE at < excluded.at`,
        tenant,
        user,
        at,
      ),
    revokedAt: (users) =>
      ask(
        `SELECT j.key AS asked, r.at FROM json_each(?) j
        CROSS JOIN "${t.revocation}" r ON r.tenant = j.value ->> 0 AND r.user = j.value ->> 1`,
        JSON.stringify(users),
      ),
    revokedSince: (since) => ask(`SELECT tenant, user, at FROM "${t.revocation}" WHERE at >= ? ORDER BY at`, since),
    dropTickets: (now) => ask(`DELETE FROM "${t.ticket}" WHERE expires_at <= ?`, now),
    putTicket: (digest, identity, expiresAt) =>
      ask(
        `INSERT INTO "${t.ticket}" (digest, identity, expires_at) VALUES (?, ?, ?)
        ON CONFLICT (digest) DO UPDATE SET identity = excluded.identity, expires_at = excluded.expires_at`,
        digest,
        identity,
        expiresAt,
      ),
    takeTicket: (digest) => ask(`DELETE FROM "${t.ticket}" WHERE digest = ? RETURNING identity, expires_at`, digest),
  };
}
