import type { UserRef } from '../../model/device.js';
import { erasedName } from '../../model/erased-name.js';
import { streamKey } from '../../model/stream.js';
import type { AccessStore, Revocation, TicketRecord } from '../access-store.js';
import type { MemoryData } from './memory-data.js';

export class MemoryAccess implements AccessStore {
  constructor(
    private readonly data: MemoryData,
    private readonly check: () => void,
  ) {}

  async revoke({ tenant, user, at }: Revocation): Promise<void> {
    this.check();
    const key = streamKey(tenant, user);
    if ((this.data.revocations.get(key)?.at ?? -Infinity) < at) this.data.revocations.set(key, { tenant, user, at });
  }

  async revokedAt(users: readonly UserRef[]): Promise<readonly (number | undefined)[]> {
    this.check();
    return users.map(({ tenant, user }) => {
      const at = [user, erasedName(tenant, user)].flatMap(
        (name) => this.data.revocations.get(streamKey(tenant, name))?.at ?? [],
      );
      return at.length > 0 ? Math.max(...at) : undefined;
    });
  }

  async revokedSince(since: number): Promise<readonly Revocation[]> {
    this.check();
    return [...this.data.revocations.values()].filter(({ at }) => at >= since).sort((a, b) => a.at - b.at);
  }

  async putTicket(ticket: TicketRecord, now: number): Promise<void> {
    this.check();
    for (const [digest, { expiresAt }] of this.data.tickets) if (expiresAt <= now) this.data.tickets.delete(digest);
    this.data.tickets.set(ticket.digest, { ...ticket });
  }

  async takeTicket(digest: string): Promise<TicketRecord | undefined> {
    this.check();
    const ticket = this.data.tickets.get(digest);
    this.data.tickets.delete(digest);
    return ticket;
  }
}
