import type { AccessStore, Revocation, TicketRecord } from 'push-core';
import type { StoreAccess } from './store-access.js';

export class TypeOrmAccess implements AccessStore {
  constructor(private readonly access: StoreAccess) {}

  async revoke({ tenant, user, at }: Revocation): Promise<void> {
    const { connection } = await this.access.opened();
    await connection.write((run) => run(this.access.sql.revoke, [tenant, user, at]));
  }

  async revokedAt(tenant: string, user: string): Promise<number | undefined> {
    const { connection } = await this.access.opened();
    const [row] = await connection.query(this.access.sql.revokedAt, [tenant, user]);
    return row?.at as number | undefined;
  }

  async revokedSince(since: number): Promise<readonly Revocation[]> {
    const { connection } = await this.access.opened();
    const rows = await connection.query(this.access.sql.revokedSince, [since]);
    return rows.map((row) => ({ tenant: row.tenant as string, user: row.user as string, at: row.at as number }));
  }

  async putTicket({ digest, identity, expiresAt }: TicketRecord, now: number): Promise<void> {
    const { sql } = this.access;
    const { connection } = await this.access.opened();
    await connection.write((run) => {
      run(sql.dropTickets, [now]);
      run(sql.putTicket, [digest, identity, expiresAt]);
    });
  }

  async takeTicket(digest: string): Promise<TicketRecord | undefined> {
    const { connection } = await this.access.opened();
    const [row] = await connection.write((run) => run(this.access.sql.takeTicket, [digest]));
    if (!row) return undefined;
    return { digest, identity: row.identity as string, expiresAt: row.expires_at as number };
  }
}
