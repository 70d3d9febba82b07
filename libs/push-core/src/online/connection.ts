import { CLOSE, type CloseReason } from '../close-reasons.js';
import { PushError, toPushError } from '../errors.js';
import { LIMITS } from '../model/limits.js';
import { streamNamed } from '../model/stream.js';
import { SharedFrame } from '../transports/shared-frame.js';
import type { Arrival, Link, LinkHandler } from '../transports/transport.js';
import type { ClientFrame, ServerFrame } from '../wire.js';
import { parseClientFrame } from './client-frames.js';
import type { Identity } from './authenticator.js';
import { admit, followTopic, leaveTopic } from './admission.js';
import type { Follower } from './follower.js';
import type { Hub } from './hub.js';
import { byeFrame, errorFrame, frameOf, PONG } from './server-frames.js';

const GONE: CloseReason = Object.freeze({ code: 1005, reason: 'closed by the client', reconnect: true });

/** Frames that came before the connection was admitted; they are handled in order afterwards. */
interface Held {
  readonly texts: string[];
  bytes: number;
}

/**
 * One live link of a device.
 *
 *   waiting    for the first frame, at most connectTimeoutMs       → admitting on `connect`
 *   admitting  token, hooks and cursors are looked at; frames that arrive are held (bounded)
 *                                                                  → connected when admitted
 *   connected  frames are handled, followers pump
 *   closed     from any state: by the client, by a broken rule, by a newer connection, at drain. Final.
 */
export class Connection implements LinkHandler {
  state: 'waiting' | 'admitting' | 'connected' | 'closed' = 'waiting';
  id = '';
  tenant = '';
  user = '';
  device = '';
  identity?: Identity;
  window: number;
  /** Unix milliseconds. */
  tokenExpiresAt = Infinity;
  followers: Follower[] = [];
  /** A stream was left on this connection. */
  leftSome = false;
  /** On the elapsed clock. */
  private lastHeard: number;
  private pingedAt = -1;
  private congestedSince = -1;
  private outbox?: SharedFrame[];
  /** Characters in the outbox, near enough bytes. */
  private queued = 0;
  /** A follower had to wait for room. */
  private blocked = false;
  private held?: Held;
  private turn?: Promise<void>;
  private reason = GONE;

  constructor(
    readonly hub: Hub,
    readonly link: Link,
    /** From the upgrade; forgotten once used. */
    public arrival: Arrival | undefined,
  ) {
    this.window = hub.options.limits.windowEntries;
    this.lastHeard = hub.options.clock.elapsed();
  }

  // ---- what arrives

  received(text: string): void {
    this.lastHeard = this.hub.options.clock.elapsed();
    this.pingedAt = -1;
    if (this.state === 'admitting') this.hold(text);
    else this.handleText(text);
    this.hub.flush();
  }

  alive(): void {
    this.lastHeard = this.hub.options.clock.elapsed();
    this.pingedAt = -1;
  }

  drained(): void {
    this.wake();
    this.hub.flush();
  }

  violated(reason: CloseReason): void {
    this.close(reason);
  }

  closed(): void {
    if (this.state !== 'closed') this.end();
  }

  // ---- what leaves

  /** Leaves with everything else this connection is owed, at the hub's next flush. */
  queue(frame: SharedFrame): void {
    this.queued += frame.text.length;
    if (this.outbox) this.outbox.push(frame);
    else {
      this.outbox = [frame];
      this.hub.toFlush.push(this);
    }
  }

  send(frame: ServerFrame): void {
    if (this.state !== 'closed') this.queue(frameOf(frame));
  }

  flush(): void {
    const frames = this.outbox;
    this.outbox = undefined;
    this.queued = 0;
    if (!frames || this.state === 'closed') return;
    this.link.send(frames);
    // The socket may have taken at once what made the followers wait; otherwise `drained` wakes them.
    if (this.blocked && !this.congested) this.wake();
  }

  /** The socket holds as many bytes as it may: followers wait for `drained`. */
  get congested(): boolean {
    const { limits, clock } = this.hub.options;
    const held = this.link.bufferedBytes();
    if (held + this.queued < limits.congestedBytes) return false;
    this.blocked = true;
    if (held >= limits.congestedBytes && this.congestedSince < 0) this.congestedSince = clock.elapsed();
    return true;
  }

  private wake(): void {
    this.blocked = false;
    this.congestedSince = -1;
    for (const follower of this.followers) follower.pump();
  }

  /** The socket has not taken all of what was written. */
  get clogged(): boolean {
    return this.link.bufferedBytes() > 0;
  }

  close(reason: CloseReason, afterMs?: number): void {
    if (this.state === 'closed') return;
    this.reason = reason;
    this.queue(frameOf(byeFrame(reason, afterMs)));
    this.flush();
    this.end();
    this.link.close(reason);
  }

  // ---- called by followers

  acknowledged(follower: Follower, from: number): void {
    this.hub.acknowledged(follower, from);
  }

  retransmitted(follower: Follower, from: number, to: number): void {
    const { tenant, user, device } = this;
    this.hub.events.emit('retransmitted', { tenant, user, device, stream: follower.live.stream, from, to });
  }

  follower(stream: string): Follower | undefined {
    return this.followers.find((one) => one.live.stream === stream);
  }

  // ---- once a second

  tick(elapsed: number, now: number): void {
    const { limits } = this.hub.options;
    if (this.state !== 'connected') {
      if (elapsed - this.lastHeard >= limits.connectTimeoutMs && this.state === 'waiting') this.close(CLOSE.protocol);
      return;
    }
    if (now >= this.tokenExpiresAt) return this.close(CLOSE.tokenExpired);
    if (this.congestedSince >= 0 && elapsed - this.congestedSince >= limits.slowConsumerMs) {
      if (this.congested) return this.close(CLOSE.slowConsumer);
      this.congestedSince = -1;
    }
    if (this.pingedAt >= 0) {
      if (elapsed - this.pingedAt >= limits.heartbeatGraceMs) return this.close(CLOSE.noHeartbeat);
    } else if (elapsed - this.lastHeard >= limits.heartbeatMs) {
      this.pingedAt = elapsed;
      this.link.ping();
    }
    for (const follower of [...this.followers]) {
      if (follower.tick(elapsed) === 'stuck') return this.close(CLOSE.slowConsumer);
    }
  }

  /** What changes the list of followed streams happens one after the other: each waits for the store in between. */
  inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.turn ? this.turn.then(work) : work();
    const settled = done
      .catch(() => undefined)
      .then(() => {
        // An idle connection keeps no promise.
        if (this.turn === settled) this.turn = undefined;
      });
    this.turn = settled;
    return done;
  }

  /** Frames that waited for the admission. */
  admitted(): void {
    this.state = 'connected';
    const held = this.held;
    this.held = undefined;
    for (const text of held?.texts ?? []) this.handleText(text);
  }

  // ---- inside

  private end(): void {
    const wasConnected = this.state === 'connected';
    this.state = 'closed';
    this.held = undefined;
    this.hub.remove(this);
    for (const follower of this.followers) follower.leave();
    if (wasConnected) {
      const { tenant, user, device, id } = this;
      const { code, reason } = this.reason;
      this.hub.events.emit('disconnected', { tenant, user, device, connection: id, code, reason });
    }
  }

  private hold(text: string): void {
    this.held ??= { texts: [], bytes: 0 };
    this.held.texts.push(text);
    this.held.bytes += text.length;
    if (this.held.texts.length > LIMITS.framesBeforeConnected || this.held.bytes > LIMITS.bytesBeforeConnected) {
      this.close(CLOSE.protocol);
    }
  }

  private handleText(text: string): void {
    let start = 0;
    while (start <= text.length && this.state !== 'closed') {
      const newline = text.indexOf('\n', start);
      const end = newline < 0 ? text.length : newline;
      const line = text.slice(start, end).trim();
      start = end + 1;
      if (line === '') {
        // A frame without any object is garbage, a blank line between objects is not.
        if (text.trim() === '') this.close(CLOSE.badFrame);
      } else if (this.state === 'admitting') this.hold(line);
      else this.handleLine(line);
    }
  }

  private handleLine(line: string): void {
    const parsed = parseClientFrame(line);
    if (parsed.kind === 'garbage') return this.close(CLOSE.badFrame);
    if (this.state === 'waiting' && (parsed.kind !== 'frame' || parsed.frame.op !== 'connect')) {
      if (parsed.kind === 'invalid') this.send(errorFrame(parsed.error, parsed.id));
      return this.close(parsed.kind === 'invalid' && parsed.op === 'connect' ? CLOSE.badFrame : CLOSE.protocol);
    }
    switch (parsed.kind) {
      case 'unknown':
        return this.send(
          errorFrame(new PushError('UNKNOWN_OP', `There is no op "${parsed.op}"`, { field: 'op' }), parsed.id),
        );
      case 'invalid':
        return this.send(errorFrame(parsed.error, parsed.id));
      case 'frame':
        return this.handle(parsed.frame);
    }
  }

  private handle(frame: ClientFrame): void {
    switch (frame.op) {
      case 'ack': {
        const follower = this.follower(streamNamed(frame.s, this.user));
        if (!follower)
          return this.send(
            errorFrame(new PushError('NOT_FOUND', `This device does not follow "${frame.s}"`, { field: 's' })),
          );
        // An acknowledgement of what was sent before a stream was left and followed anew is late, not wrong.
        if (!follower.acknowledge(frame.seq) && !this.leftSome) this.close(CLOSE.protocol);
        return;
      }
      case 'connect':
        if (this.state !== 'waiting') return this.close(CLOSE.protocol);
        this.state = 'admitting';
        return this.inBackground(admit(this, frame));
      case 'follow':
        return this.inBackground(
          this.inTurn(() => followTopic(this, frame)),
          frame.id,
        );
      case 'unfollow':
        return this.inBackground(
          this.inTurn(() => leaveTopic(this, frame)),
          frame.id,
        );
      case 'ping':
        return this.queue(new SharedFrame(PONG));
    }
  }

  private inBackground(work: Promise<void>, id?: number): void {
    work
      .catch((thrown: unknown) => {
        const error = toPushError(thrown);
        if (error.code === 'INTERNAL')
          this.hub.events.emit('trouble', { during: 'a frame of a client', error: thrown });
        this.send(errorFrame(error, id));
        if (this.state === 'admitting') this.close(CLOSE.overloaded, this.hub.spreadMs());
      })
      .finally(() => this.hub.flush());
  }
}
