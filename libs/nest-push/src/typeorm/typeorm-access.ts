import { erasedName, type AccessStore, type Revocation, type TicketRecord, type UserRef } from 'push-core';
import type { Row } from './sql-connection.js';
import type { StoreAccess } from './store-access.js';
import type { Steps } from './steps.js';

export class TypeOrmAccess implements AccessStore {
  constructor(private readonly access: StoreAccess) {}

  async revoke({ tenant, user, at }: Revocation): Promise<void> {
    const { connection } = await this.access.opened();
    await connection.write(() => this.access.sql.revoke(tenant, user, at));
  }

  async revokedAt(users: readonly UserRef[]): Promise<readonly (number | undefined)[]> {
    const { connection } = await this.access.opened();
    const revoked = users.map((): number | undefined => undefined);
    if (users.length === 0) return revoked;
    const names = users.map(({ tenant, user }) => [tenant, user] as const);
    const erased = users.map(({ tenant, user }) => [tenant, erasedName(tenant, user)] as const);
    const rows = await connection.query(() => this.access.sql.revokedAt([...names, ...erased]));
    for (const row of rows) {
      const at = (row.asked as number) % users.length;
      revoked[at] = Math.max(revoked[at] ?? -Infinity, row.at as number);
    }
    return revoked;
  }

  async revokedSince(since: number): Promise<readonly Revocation[]> {
    const { connection } = await this.access.opened();
    const rows = await connection.query(() => this.access.sql.revokedSince(since));
    return rows.map((row) => ({ tenant: row.tenant as string, user: row.user as string, at: row.at as number }));
  }

  async putTicket({ digest, identity, expiresAt }: TicketRecord, now: number): Promise<void> {
    const { sql } = this.access;
    const { connection } = await this.access.opened();
    await connection.write(function* (): Steps<void> {
      yield* sql.dropTickets(now);
      yield* sql.putTicket(digest, identity, expiresAt);
    });
  }

  async takeTicket(digest: string): Promise<TicketRecord | undefined> {
    const { connection } = await this.access.opened();
    const [row]: Row[] = await connection.write(() => this.access.sql.takeTicket(digest));
    if (!row) return undefined;
    return { digest, identity: row.identity as string, expiresAt: row.expires_at as number };
  }
}
