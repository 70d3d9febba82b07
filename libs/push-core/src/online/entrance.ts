import { createHash } from 'node:crypto';
import { CLOSE, type CloseReason } from '../close-reasons.js';
import { PushError } from '../errors.js';
import type { UserRef } from '../model/device.js';
import { names } from '../model/names.js';
import type { ResolvedOptions } from '../options.js';
import { suspended } from '../tenants/publish-gate.js';
import type { Tenants } from '../tenants/tenants.js';
import type { Credentials, Guest, Ticket } from '../push.js';
import type { Identity } from './authenticator.js';

const TICKET_MS = 30_000;

type Refused = { readonly kind: 'refused'; readonly reason: CloseReason; readonly error: PushError };
export type Verdict = { readonly kind: 'identity'; readonly identity: Identity } | Refused;

type AskRevoked = (user: UserRef) => Promise<number | undefined>;

const refused = (reason: CloseReason, error: PushError): Refused => ({ kind: 'refused', reason, error });
const unknown = (): Refused => refused(CLOSE.badToken, new PushError('UNAUTHORIZED', 'The token is not good here'));

/**
 * Who comes in. Asked at every connect, poll and call of a client: a resume skips nothing.
 *
 * The token is verified, must not have expired, and must be younger than the user's last revocation. Whatever is wrong
 * with it, the answer is the same one; only what its owner can do something about (expired, revoked) is told apart.
 */
export class Entrance {
  constructor(
    private readonly options: ResolvedOptions,
    private readonly tenants: Tenants,
  ) {}

  /** `revokedAt` tells when a user's tokens were revoked last. */
  async verify(token: string | undefined, revokedAt: AskRevoked = this.askRevoked): Promise<Verdict> {
    const answer =
      token === undefined
        ? { kind: 'invalid' as const }
        : await this.options.authenticator.authenticate(token, this.options.clock.now());
    if (answer.kind === 'invalid') return unknown();
    if (answer.kind === 'expired') return expired();
    return this.stillGood(answer.identity, revokedAt);
  }

  /** Throws what `verify` answers with; and the device has to be the token's, where it names one. */
  async identify(credentials: Credentials, device: string | undefined): Promise<Guest> {
    const verdict =
      'ticket' in credentials ? await this.redeem(credentials.ticket) : await this.verify(credentials.token);
    if (verdict.kind === 'refused') throw verdict.error;
    const { identity } = verdict;
    await this.demandGoodStanding(identity);
    if (device !== undefined && identity.device !== undefined && device !== identity.device) {
      throw new PushError('NOT_ALLOWED', 'The token is for another device', { field: 'device' });
    }
    const known = device ?? identity.device;
    if (known === undefined) throw new PushError('INVALID', '"device" is missing', { field: 'device' });
    return { identity, device: names.device(known) };
  }

  async issueTicket(token: string, device: string | undefined): Promise<Ticket> {
    const verdict = await this.verify(token);
    if (verdict.kind === 'refused') throw verdict.error;
    const { identity } = verdict;
    await this.demandGoodStanding(identity);
    if (device !== undefined && identity.device !== undefined && device !== identity.device) {
      throw new PushError('NOT_ALLOWED', 'The token is for another device', { field: 'device' });
    }
    const ticket = this.options.ids.ticket();
    const now = this.options.clock.now();
    const expiresAt = now + TICKET_MS;
    const record = {
      digest: digestOf(ticket),
      identity: JSON.stringify({ ...identity, device: device ?? identity.device }),
      expiresAt,
    };
    await this.options.store.access.putTicket(record, now);
    return { ticket, expiresAt };
  }

  /** Throws TENANT_SUSPENDED. */
  private async demandGoodStanding({ tenant }: Identity): Promise<void> {
    const policy = await this.tenants.of(tenant);
    if (policy.suspended) throw suspended(policy);
  }

  private async redeem(ticket: string): Promise<Verdict> {
    const record = await this.options.store.access.takeTicket(digestOf(ticket));
    if (!record || record.expiresAt <= this.options.clock.now()) return unknown();
    return this.stillGood(JSON.parse(record.identity) as Identity, this.askRevoked);
  }

  private readonly askRevoked: AskRevoked = async (user) => (await this.options.store.access.revokedAt([user]))[0];

  private async stillGood(identity: Identity, askRevoked: AskRevoked): Promise<Verdict> {
    if ((identity.expiresAt ?? Infinity) <= this.options.clock.now()) return expired();
    const revokedAt = await askRevoked(identity);
    if (revokedAt !== undefined && (identity.issuedAt ?? -Infinity) < revokedAt) {
      return refused(CLOSE.revoked, new PushError('REVOKED', 'The token was revoked; get a new one'));
    }
    return { kind: 'identity', identity };
  }
}

const expired = (): Refused =>
  refused(CLOSE.tokenExpired, new PushError('TOKEN_EXPIRED', 'The token has expired; get a new one'));

const digestOf = (ticket: string): string => createHash('sha256').update(ticket).digest('base64url');
