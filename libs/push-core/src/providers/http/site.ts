import type { Timer } from '../../clock/clock.js';
import type { Random } from '../../ids/ids.js';
import type { SiteLimits } from './create-pool.js';
import { dial, type Dialed, type DialOptions } from './dial.js';
import { H1Link } from './h1-link.js';
import { H2Link } from './h2-link.js';
import type { Link, LinkEvents } from './link.js';
import type { Pending } from './pending.js';
import type { HttpRequest } from './pool.js';
import type { Slots } from './slots.js';

/** A second HTTP/2 connection is opened when requests have waited so long for room on the first. */
const GROW_AFTER_MS = 250;
const LONGEST_BACK_OFF_MS = 30_000;

export interface SiteTools extends Pick<DialOptions, 'clock' | 'guard' | 'ca'> {
  readonly random: Random;
  readonly slots: Slots;
  readonly limits: SiteLimits;
  /** Nothing is held any more: it may be forgotten. */
  empty(): void;
}

/**
 * One origin, as one lane sees it: its connections, and the requests that wait for room on them.
 *
 * A failed connection refuses what waits, at once, and the next is not tried before a pause that grows; what comes meanwhile waits for
 * that moment where its deadline allows. A request that was surely not processed is put on another connection, once.
 */
export class Site {
  readonly lane: string;
  private readonly waiting: Pending[] = [];
  private readonly links = new Set<Link>();
  private dialing = 0;
  private speaks?: 'h2' | 'h1';
  private failures = 0;
  /** Elapsed time before which no connection is tried. */
  private notBefore = 0;
  private pause?: Timer;
  private retired = false;
  private pumping = false;
  private readonly abandon = new AbortController();
  private readonly again = (): void => this.pump();

  constructor(
    private readonly origin: string,
    private readonly kind: Pick<HttpRequest, 'lane' | 'trust' | 'protocol'>,
    private readonly tools: SiteTools,
  ) {
    this.lane = kind.lane;
  }

  take(pending: Pending): void {
    if (this.waiting.length >= this.tools.limits.maxWaiting) this.forgetDone();
    if (this.waiting.length >= this.tools.limits.maxWaiting) {
      return pending.settle({ kind: 'refused', reason: 'too_many_waiting' });
    }
    this.waiting.push(pending);
    this.pump();
  }

  /** What is under way and what waits is finished; then nothing is held. */
  retire(): void {
    this.retired = true;
    this.pump();
  }

  /** The connection that has been without requests for longest. */
  idleLink(): { readonly since: number; close(): void } | undefined {
    let oldest: Link | undefined;
    for (const link of this.links) {
      if (link.busy === 0 && (!oldest || link.idleSince < oldest.idleSince)) oldest = link;
    }
    const found = oldest;
    return found && { since: found.idleSince, close: () => found.retire() };
  }

  private pump(): void {
    if (this.pumping) return;
    this.pumping = true;
    try {
      for (let next = this.next(); next; next = this.next()) {
        const link = this.roomiest();
        if (!link) break;
        this.waiting.shift();
        link.send(next);
      }
      this.grow();
    } finally {
      this.pumping = false;
    }
    this.tidy();
  }

  private next(): Pending | undefined {
    while (this.waiting[0]?.done) this.waiting.shift();
    return this.waiting[0];
  }

  private forgetDone(): void {
    const left = this.waiting.filter((pending) => !pending.done);
    this.waiting.splice(0, this.waiting.length, ...left);
  }

  /** The fullest that has room: the others may come to rest. */
  private roomiest(): Link | undefined {
    let best: Link | undefined;
    for (const link of this.links) if (link.room > 0 && (!best || link.busy > best.busy)) best = link;
    return best;
  }

  private grow(): void {
    const { clock, limits, slots } = this.tools;
    for (let oldest = this.next(); oldest; oldest = this.next()) {
      const usable = this.usableLinks();
      const most = this.speaks === 'h1' ? limits.maxSockets : limits.maxSessions;
      if (usable + this.dialing >= most) return;
      if (clock.elapsed() < this.notBefore) return this.wait(this.notBefore);
      if (usable + this.dialing > 0) {
        if (this.speaks !== 'h1' && this.dialing > 0) return;
        if (this.speaks === 'h1' && this.dialing >= this.waiting.length) return;
        const patient = oldest.since + GROW_AFTER_MS;
        if (this.speaks === 'h2' && clock.elapsed() < patient) return this.wait(patient);
      }
      if (!slots.acquire(this.lane, this.again)) return;
      this.dialing++;
      void this.open();
    }
  }

  private usableLinks(): number {
    let usable = 0;
    for (const link of this.links) if (link.usable) usable++;
    return usable;
  }

  private wait(until: number): void {
    this.pause ??= this.tools.clock.after(until - this.tools.clock.elapsed(), () => {
      this.pause = undefined;
      this.pump();
    });
  }

  private async open(): Promise<void> {
    const { clock, guard, ca, limits } = this.tools;
    const { trust, protocol } = this.kind;
    const dialed = await dial({
      origin: this.origin,
      trust,
      protocol,
      clock,
      guard,
      ca,
      connectMs: limits.connectMs,
      signal: this.abandon.signal,
    });
    this.dialing--;
    if (dialed.kind === 'connected') this.join(dialed);
    else this.failed(dialed);
    this.pump();
  }

  private join({ socket, protocol }: Extract<Dialed, { kind: 'connected' }>): void {
    this.failures = 0;
    this.speaks = protocol;
    const { clock, limits } = this.tools;
    const events: LinkEvents = {
      freed: () => {
        this.pump();
        if (link.busy === 0) this.tools.slots.rested();
      },
      refused: (pending, reason, sent) => this.refused(pending, reason, sent),
      gone: () => {
        this.links.delete(link);
        this.tools.slots.release(this.lane);
        this.pump();
      },
    };
    const link: Link =
      protocol === 'h2'
        ? new H2Link(this.origin, socket, clock, limits, events)
        : new H1Link(this.origin, socket, clock, events);
    this.links.add(link);
  }

  private failed(dialed: Exclude<Dialed, { kind: 'connected' }>): void {
    const { clock, random, limits } = this.tools;
    const longest = Math.min(LONGEST_BACK_OFF_MS, limits.backOffMs * 2 ** this.failures++);
    this.notBefore = clock.elapsed() + longest * (0.5 + random() / 2);
    if (this.usableLinks() === 0) {
      const kind = dialed.kind === 'forbidden' ? 'forbidden' : 'refused';
      for (const pending of this.waiting.splice(0)) pending.settle({ kind, reason: dialed.reason });
    }
    this.tools.slots.release(this.lane);
  }

  private refused(pending: Pending, reason: string, sent: boolean): void {
    if (pending.done) return;
    if (sent && pending.refusals++ > 0) return pending.settle({ kind: 'refused', reason });
    pending.expire = undefined;
    this.waiting.unshift(pending);
    // In the next turn: the rest of a connection that fell has been told by then.
    this.tools.clock.soon(this.again);
  }

  private tidy(): void {
    if (this.next()) return;
    if (this.retired) this.abandon.abort();
    if (this.dialing > 0) return;
    if (this.retired) for (const link of this.links) link.retire();
    if (this.links.size > 0) return;
    // A pause is kept in mind until it is over, unless nobody can come any more.
    if (!this.retired && this.tools.clock.elapsed() < this.notBefore) return this.wait(this.notBefore);
    this.pause?.cancel();
    this.pause = undefined;
    this.tools.empty();
  }
}
