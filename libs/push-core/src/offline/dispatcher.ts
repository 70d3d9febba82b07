import type { Clock } from '../clock/clock.js';
import type { Random } from '../ids/ids.js';
import type { Counters } from '../meters.js';
import type { Address, SendResult } from '../providers/provider.js';
import type { ReasonCode } from '../receipts/reasons.js';
import type { NotificationRow } from '../store/notification-store.js';
import type { Store } from '../store/store.js';
import { hasItsShare, mostOf } from '../tenants/share.js';
import type { Composed } from './composed.js';
import type { Lane } from './lane.js';
import type { Condemned } from './mass-invalid.js';
import { retryDelay } from './retry.js';
import { isSuspect } from './rows.js';
import type { SettleQueue } from './settle-queue.js';

/** One way to a device: a token, and the credentials it is reached by. */
export interface Way {
  readonly lane: Lane;
  readonly address: Address;
}

/** A row that is `sending`, with everything needed to send it. */
export interface Sendable {
  readonly row: NotificationRow;
  readonly notification: Composed;
  /** In the order they are to be tried; at least one. */
  readonly ways: readonly Way[];
  readonly spread: 'first' | 'all';
}

/** After so many sends of which nobody knows what came of them it is not sent again. */
export const MOST_UNKNOWN = 2;

/** The part of what was under way that may still be so. */
const ROOM_AGAIN = 0.75;

type Outcome = Pick<NotificationRow, 'state' | 'reason'> & Partial<NotificationRow>;

/**
 * Sends notifications and writes down what came of it. A device is told over one of its ways: the next is tried only where the one before
 * surely showed nothing. What may be tried again becomes `waiting`; the row says when.
 */
export class Dispatcher {
  private under = 0;
  /** The same, but of each tenant no more than one alone may have: what it has beyond that takes nobody's place. */
  private load = 0;
  private readonly underOf = new Map<string, number>();
  /** By tenant of which more may be waiting: with so many under way there is room worth a round. */
  private readonly waited = new Map<string, number>();
  private emptied: (() => void)[] = [];

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly counters: Counters,
    private readonly settle: SettleQueue,
    private readonly maxAttempts: number,
    /** Under way at most, of all tenants. */
    private readonly most: number,
    private readonly weightOf: (tenant: string) => number,
    /** There is room for a tenant that had none. */
    private readonly roomAgain: () => void,
  ) {}

  get inFlight(): number {
    return this.under;
  }

  /** So much of this tenant is under way that others are to be served: its provider may be slow. */
  readonly isFull = (tenant: string): boolean => {
    const own = this.underOf.get(tenant);
    if (own === undefined || !hasItsShare(own, this.weightOf(tenant), this.load, this.most)) return false;
    this.waited.set(tenant, own * ROOM_AGAIN);
    return true;
  };

  /** Those for which `isFull` says so. */
  full(): string[] {
    return [...this.underOf.keys()].filter(this.isFull);
  }

  /** Resolves when more may be sent. */
  async room(): Promise<void> {
    while (this.load >= this.most) await new Promise<void>((resolve) => this.emptied.push(resolve));
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.under > 0) await new Promise<void>((resolve) => this.emptied.push(resolve));
  }

  /** Resolves when the row is written. Never rejects: what could not be written is found again when its time is over. */
  async send(sendable: Sendable): Promise<void> {
    const { tenant } = sendable.row;
    this.begun(tenant);
    try {
      const outcome = await this.deliver(sendable);
      await this.settle.put({ ...sendable.row, ...outcome, owner: undefined });
    } catch (error) {
      // The row stays `sending` until its time is over.
      this.settle.failed('sending of a notification', error);
    } finally {
      this.over(tenant);
      for (const resolve of this.emptied.splice(0)) resolve();
    }
  }

  private begun(tenant: string): void {
    const own = this.underOf.get(tenant) ?? 0;
    this.under++;
    this.underOf.set(tenant, own + 1);
    if (own < mostOf(this.most)) this.load++;
  }

  private over(tenant: string): void {
    const own = (this.underOf.get(tenant) ?? 1) - 1;
    this.under--;
    if (own > 0) this.underOf.set(tenant, own);
    else this.underOf.delete(tenant);
    if (own < mostOf(this.most)) this.load--;
    if (own > (this.waited.get(tenant) ?? -1)) return;
    this.waited.delete(tenant);
    this.roomAgain();
  }

  private async deliver(sendable: Sendable): Promise<Outcome> {
    const { row, ways, spread } = sendable;
    let best: { readonly result: SendResult; readonly way: Way } | undefined;
    let taken: Outcome | undefined;
    let wait: Outcome | undefined;
    for (const way of ways) {
      const held = this.heldBack(way, row);
      if (held) {
        if (!wait || (held.dueAt ?? 0) < (wait.dueAt ?? 0)) wait = held;
        continue;
      }
      const result = await this.sendBy(way, sendable);
      if (result.kind === 'accepted') {
        taken ??= accepted(way, result.providerId);
        if (spread === 'first') return taken;
      } else if (!best || rank(result) > rank(best.result)) best = { result, way };
      // It may have been shown: another way could show it again.
      if (result.kind === 'unknown_after_write' && spread === 'first') break;
    }
    if (taken) return taken;
    if (best && (rank(best.result) >= WORTH_WAITING || !wait)) return this.missed(row, best.way, best.result);
    return wait ?? { state: 'failed', reason: 'no_provider' satisfies ReasonCode };
  }

  private async sendBy({ lane, address }: Way, { notification, row }: Sendable): Promise<SendResult> {
    const { clock } = this;
    const began = clock.elapsed();
    if (row.attempts <= 1 || isHooks(row)) lane.budget.sent(began);
    const result = await lane.send({ address, notification });
    const elapsed = clock.elapsed();
    this.counters.notified(lane.factory.name, result.kind, elapsed - began);
    this.learn(lane, address, result, elapsed);
    return result;
  }

  private learn(lane: Lane, address: Address, result: SendResult, elapsed: number): void {
    const { breaker, invalid } = lane.siteOf(address);
    switch (result.kind) {
      case 'accepted':
        breaker.worked(elapsed);
        return this.giveUp(invalid.accepted(elapsed));
      case 'token_invalid':
        breaker.worked(elapsed);
        return this.giveUp(invalid.condemned(elapsed, { address, before: result.before ?? this.clock.now() }));
      case 'config_error':
        return breaker.refused(elapsed, result.reason);
      case 'transient':
      case 'unknown_after_write':
        return breaker.failed(elapsed, result.reason);
      case 'throttled':
      case 'quota_exhausted':
        return result.scope === 'provider' ? breaker.failed(elapsed, result.reason) : undefined;
      case 'token_suspect':
      case 'payload_error':
        return breaker.worked(elapsed);
    }
  }

  private giveUp(condemned: readonly Condemned[]): void {
    if (condemned.length === 0) return;
    const tokens = condemned.map(({ address: { tenant, user, device, token }, before }) => ({
      tenant,
      user,
      device,
      token,
      before,
    }));
    this.settle.dropTokens(() => this.store.devices.dropTokens(tokens));
  }

  /** Breaker open, or too much is tried again at the moment. It costs no attempt. */
  private heldBack({ lane, address }: Way, row: NotificationRow): Outcome | undefined {
    const elapsed = this.clock.elapsed();
    const waitMs = lane.siteOf(address).breaker.waitMs(elapsed);
    if (waitMs > 0) return this.postponed(row, waitMs + this.random() * 1000, 'breaker_open', lane.factory.name);
    // Not the provider failed where a process ended, or a hook of the host did.
    if (row.attempts > 1 && !isSuspect(row) && !isHooks(row) && !lane.budget.mayRetry(elapsed))
      return this.postponed(row, 5000 + this.random() * 10_000, 'budget', lane.factory.name);
    return undefined;
  }

  private postponed(row: NotificationRow, afterMs: number, reason: ReasonCode, provider: string): Outcome {
    const attempts = Math.max(0, row.attempts - 1);
    return { state: 'waiting', dueAt: Math.ceil(this.clock.now() + afterMs), reason, provider, attempts };
  }

  private missed(row: NotificationRow, { lane, address }: Way, result: SendResult): Outcome {
    const provider = lane.factory.name;
    const now = this.clock.now();
    switch (result.kind) {
      case 'transient':
        return this.again(row, provider, 'transient', retryDelay(row.attempts, this.random, result.retryAfterMs));
      case 'throttled':
        return this.again(row, provider, 'throttled', retryDelay(row.attempts, this.random, result.retryAfterMs));
      case 'quota_exhausted':
        return this.again(row, provider, 'quota_exhausted', result.until - now + this.random() * 60_000);
      case 'config_error': {
        // The breaker says when; until then nothing of this credential costs an attempt.
        const waitMs = lane.siteOf(address).breaker.waitMs(this.clock.elapsed());
        return this.postponed(row, Math.max(1000, waitMs) + this.random() * 1000, 'config_error', provider);
      }
      case 'unknown_after_write': {
        const unknown = row.unknown + 1;
        if (unknown >= MOST_UNKNOWN) return { state: 'dead', reason: 'unknown_after_write', provider, unknown };
        return { ...this.again(row, provider, 'unknown_after_write', retryDelay(row.attempts, this.random)), unknown };
      }
      case 'token_invalid':
      case 'token_suspect':
      case 'payload_error':
        return { state: 'failed', reason: result.kind, provider };
      case 'accepted':
        return accepted({ lane } as Way, result.providerId);
    }
  }

  private again(row: NotificationRow, provider: string, reason: ReasonCode, afterMs: number): Outcome {
    if (row.attempts >= this.maxAttempts) return { state: 'dead', reason: 'attempts', provider };
    return { state: 'waiting', dueAt: Math.ceil(this.clock.now() + Math.max(1, afterMs)), reason, provider };
  }
}

const accepted = ({ lane }: Way, providerId: string | undefined): Outcome => ({
  state: 'accepted',
  reason: 'accepted' satisfies ReasonCode,
  provider: lane.factory.name,
  providerId,
});

/** Its last attempt came to an end before the provider was asked. */
const isHooks = ({ reason }: NotificationRow): boolean => reason === ('hook_failed' satisfies ReasonCode);

/** Which of several answers says most about what to do next. */
function rank(result: SendResult): number {
  switch (result.kind) {
    case 'accepted':
      return 9;
    case 'unknown_after_write':
      return 8;
    case 'transient':
      return 7;
    case 'throttled':
      return 6;
    case 'config_error':
      return 5;
    case 'quota_exhausted':
      return 4;
    case 'payload_error':
      return 3;
    case 'token_suspect':
      return 2;
    case 'token_invalid':
      return 1;
  }
}
const WORTH_WAITING = 4;
