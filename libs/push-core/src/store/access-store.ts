import type { UserRef } from '../model/device.js';

/** A user's tokens issued before `at` are no longer good. */
export interface Revocation {
  readonly tenant: string;
  readonly user: string;
  /** Unix milliseconds. */
  readonly at: number;
}

/** What a one-time ticket stands for: whoever presents it, until it expires. */
export interface TicketRecord {
  /** Digest of the ticket: the ticket itself is not kept. */
  readonly digest: string;
  /** JSON text of the identity it was issued to. */
  readonly identity: string;
  /** Unix milliseconds. */
  readonly expiresAt: number;
}

/** Who may no longer come in, and who may once. */
export interface AccessStore {
  /** Only ever moves forward. */
  revoke(revocation: Revocation): Promise<void>;
  /**
   * For each user, when its tokens were revoked last, by its name or when it was erased (`EraseStore.end`), or undefined. In
   * their order. Unix milliseconds.
   */
  revokedAt(users: readonly UserRef[]): Promise<readonly (number | undefined)[]>;
  /** Revocations at `since` or later, of all tenants, oldest first. */
  revokedSince(since: number): Promise<readonly Revocation[]>;
  /** Also forgets tickets that had expired at `now`. */
  putTicket(ticket: TicketRecord, now: number): Promise<void>;
  /** The ticket, once: whoever asks again, on any node, gets undefined. */
  takeTicket(digest: string): Promise<TicketRecord | undefined>;
}
