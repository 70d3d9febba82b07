import type { Row } from '../sql-connection.js';
import type { SqlDialect } from '../sql-dialect.js';
import { ask, step, type Steps } from '../steps.js';
import type { TableNames } from '../table-names.js';
import { sql } from './names.js';
import { askSet, setOf } from './sets.js';

type AccessStatements = Pick<
  SqlDialect,
  'revoke' | 'revokedAt' | 'revokedSince' | 'dropTickets' | 'putTicket' | 'takeTicket'
>;

/** Expired tickets that go with a new one. */
const DROPPED = 100;

export function accessStatements(t: TableNames): AccessStatements {
  return {
    revoke: (tenant, user, at) =>
      ask(
        sql`INSERT INTO "${t.revocation}" (tenant, "user", "at") VALUES (?, ?, ?)
        ON DUPLICATE KEY UPDATE "at" = GREATEST("at", VALUES("at"))`,
        tenant,
        user,
        at,
      ),
    revokedAt: (users) =>
      askSet(
        sql`SELECT j.no - 1 AS asked, r."at" FROM ${setOf('tenant', 'user')}
        STRAIGHT_JOIN "${t.revocation}" r FORCE INDEX (PRIMARY) ON r.tenant = j.tenant AND r."user" = j."user"`,
        users,
      ),
    revokedSince: (since) =>
      ask(sql`SELECT tenant, "user", "at" FROM "${t.revocation}" WHERE "at" >= ? ORDER BY "at"`, since),
    /** Only those that nobody is just taking: two that drop tickets never wait for each other. */
    *dropTickets(now: number): Steps<void> {
      const expired = yield step(
        sql`SELECT digest FROM "${t.ticket}" WHERE expires_at <= ? ORDER BY expires_at LIMIT ${DROPPED} FOR UPDATE SKIP LOCKED`,
        now,
      );
      yield* askSet(
        sql`DELETE k FROM ${setOf('digest')} STRAIGHT_JOIN "${t.ticket}" k FORCE INDEX (PRIMARY) ON k.digest = j.digest`,
        expired.map(({ digest }) => [digest]),
      );
    },
    putTicket: (digest, identity, expiresAt) =>
      ask(
        sql`INSERT INTO "${t.ticket}" (digest, identity, expires_at) VALUES (?, ?, ?)
        ON DUPLICATE KEY UPDATE identity = VALUES(identity), expires_at = VALUES(expires_at)`,
        digest,
        identity,
        expiresAt,
      ),
    *takeTicket(digest: string): Steps<Row[]> {
      const found: Row[] = yield step(
        sql`SELECT identity, expires_at FROM "${t.ticket}" WHERE digest = ? FOR UPDATE`,
        digest,
      );
      if (found.length > 0) yield step(sql`DELETE FROM "${t.ticket}" WHERE digest = ?`, digest);
      return found;
    },
  };
}
