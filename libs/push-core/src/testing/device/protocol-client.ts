import type { Clock } from '../../clock/clock.js';
import { CLOSE, type CloseReason } from '../../close-reasons.js';
import type { DeviceRef } from '../../model/device.js';
import type { Identity } from '../../online/authenticator.js';
import type { Push } from '../../push.js';
import type { ClientFrame, ErrorFrame, ServerFrame } from '../../wire.js';
import { MemoryLink, type DeviceEnd } from './memory-link.js';
import { SeenStreams } from './seen-streams.js';

export interface ClientOptions {
  readonly push: Push;
  readonly clock: Clock;
  readonly identity: Identity;
  readonly device: string;
  /** False: nothing is acknowledged before `acknowledge` is called. */
  readonly acknowledges: boolean;
  readonly window?: number;
}

/** What the client keeps is handed on: each entry once, in order. */
export type Delivered = Exclude<ServerFrame, { op: 'connected' | 'ok' | 'followed' | 'unfollowed' | 'pong' | 'skip' }>;

export type LinkState =
  | { readonly kind: 'never' }
  | { readonly kind: 'connecting' | 'up'; readonly since: number }
  | { readonly kind: 'half-open'; readonly since: number; readonly noticed?: CloseReason }
  /** `closed`: by the server, with the reason. `dropped`, `left`: by the test, by the device. */
  | { readonly kind: 'closed'; readonly since: number; readonly reason: CloseReason }
  | { readonly kind: 'dropped' | 'left'; readonly since: number };

/**
 * A client of the wire protocol that does what the contract asks of one, over a link in memory: it keeps each entry once
 * and in order, acknowledges what it kept, and resumes where it was. It does not come back by itself.
 *
 *   never, closed, dropped, left → connecting on `open`
 *   connecting → up on `connected`; → closed where it is refused
 *   up         → half-open, which it does not notice; → closed, dropped, left
 */
export class ProtocolClient implements DeviceEnd {
  readonly streams = new SeenStreams();
  private link?: MemoryLink;
  private known: LinkState = { kind: 'never' };
  private acking = false;
  private frameId = 0;
  /** When the token it would show was issued. Before anything that happens to it, although time may stand still. */
  private issuedAt: number;
  private readonly answers = new Map<number, (error: ErrorFrame | undefined) => void>();

  constructor(
    private readonly options: ClientOptions,
    private readonly deliver: (frame: Delivered) => void,
  ) {
    this.issuedAt = options.clock.now() - 1;
  }

  get state(): LinkState {
    const { known, link } = this;
    return known.kind === 'half-open' ? { ...known, noticed: link?.closedBy } : known;
  }

  get ref(): DeviceRef {
    const { identity, device } = this.options;
    return { tenant: identity.tenant, user: identity.user, device };
  }

  /** Its user signed in anew. */
  renewToken(): void {
    this.issuedAt = this.options.clock.now();
  }

  /** A host that hands over a link has checked its token; so does this one. */
  isOlderThan(revokedAt = -Infinity): boolean {
    return this.issuedAt < revokedAt;
  }

  refused(): void {
    this.ended(CLOSE.revoked);
  }

  open(): void {
    const { push, clock, identity, device, acknowledges, window } = this.options;
    this.link?.drop();
    const link: MemoryLink = new MemoryLink(clock, {
      arrived: (frame) => this.link === link && this.arrived(frame),
      ended: (reason) => this.link === link && this.ended(reason),
    });
    this.link = link;
    this.become('connecting');
    link.attach(push.accept(link, { identity: { ...identity, issuedAt: this.issuedAt } }));
    // What was held back is to come again: a place beyond it would sign for it.
    const resume = this.streams.resume(acknowledges ? 'last' : 'signed');
    this.say({ op: 'connect', device, resume, window });
  }

  drop(kind: 'dropped' | 'left'): void {
    this.link?.drop();
    this.over();
    this.become(kind);
  }

  fallSilent(): void {
    this.link?.fallSilent();
    this.become('half-open');
  }

  say(frame: ClientFrame): void {
    this.link?.transmit(frame);
  }

  /** Resolves with the error it is answered with, or without one. */
  ask(frame: Extract<ClientFrame, { op: 'follow' | 'unfollow' }>): Promise<ErrorFrame | undefined> {
    const id = ++this.frameId;
    return new Promise((resolve) => {
      this.answers.set(id, resolve);
      this.say({ ...frame, id });
    });
  }

  acknowledge(): void {
    for (const frame of this.streams.acknowledgements()) this.say(frame);
  }

  // ---- what arrives

  arrived(frame: ServerFrame): void {
    switch (frame.op) {
      case 'connected':
        this.become('up');
        return this.streams.begin(frame.streams);
      case 'followed':
        return this.streams.place(frame.s, frame);
      case 'unfollowed':
        return this.streams.leave(frame.s);
      case 'ok': {
        const { s, id, epoch, from = 0 } = frame;
        if (s !== undefined && epoch !== undefined)
          this.streams.place(s, { epoch, from, head: from, recovery: 'complete' });
        else if (s !== undefined) this.streams.leave(s);
        return this.answer(id, undefined);
      }
      case 'error':
        this.answer(frame.id, frame);
        return this.deliver(frame);
      case 'push':
        if (this.streams.isNews(frame)) this.deliver(frame);
        return this.planAck();
      case 'gap':
      case 'skip':
        if (this.streams.pass(frame.s, frame.from, frame.to) && frame.op === 'gap') this.deliver(frame);
        return this.planAck();
      case 'signal':
      case 'read':
      case 'recall':
      case 'bye':
        return this.deliver(frame);
      case 'pong':
        return;
    }
  }

  ended(reason: CloseReason): void {
    this.over();
    this.known = { kind: 'closed', since: this.options.clock.now(), reason };
  }

  private over(): void {
    for (const id of [...this.answers.keys()])
      this.answer(id, { op: 'error', id, code: 'CLOSED', message: 'The link ended before the answer came' });
  }

  private answer(id: number | undefined, error: ErrorFrame | undefined): void {
    if (id === undefined) return;
    this.answers.get(id)?.(error);
    this.answers.delete(id);
  }

  /** All that came in one turn is acknowledged together. */
  private planAck(): void {
    if (this.acking || !this.options.acknowledges) return;
    this.acking = true;
    this.options.clock.soon(() => {
      this.acking = false;
      this.acknowledge();
    });
  }

  private become(kind: 'connecting' | 'up' | 'half-open' | 'dropped' | 'left'): void {
    this.known = { kind, since: this.options.clock.now() };
  }
}
