import { CLOSE, type CloseReason } from '../close-reasons.js';
import { toPushError } from '../errors.js';
import { add } from '../meters.js';
import { wireName } from '../model/stream.js';
import type { SharedFrame } from '../transports/shared-frame.js';
import type { Arrival, Connect, Link, LinkHandler } from '../transports/transport.js';
import type { ServerFrame } from '../wire.js';
import type { Identity } from './authenticator.js';
import { admit } from './admission.js';
import { HeldTexts, handleText } from './client-requests.js';
import type { Follower } from './follower.js';
import type { Hub } from './hub.js';
import { byeFrame, errorFrame, frameOf } from './server-frames.js';
import { TokenBucket } from './token-bucket.js';

const GONE: CloseReason = Object.freeze({ code: 1005, reason: 'closed by the client', reconnect: true });

/**
 * One live link of a device.
 *
 *   waiting    for the first frame, at most connectTimeoutMs       → admitting on `connect`, or at once where the link
 *              brings one
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
  /** The peer's, as far as the transport knows. */
  readonly address?: string;
  window: number;
  /** Unix milliseconds. */
  tokenExpiresAt = Infinity;
  followers: Follower[] = [];
  /** When the link was accepted. Unix milliseconds. */
  readonly since: number;
  /** Other nodes find the device here. */
  announced = false;
  /** A stream was left on this connection. */
  leftSome = false;
  /** On the elapsed clock. */
  private readonly acceptedAt: number;
  private lastHeard: number;
  private pingedAt = -1;
  private congestedSince = -1;
  /** Bytes the socket held then. */
  private congestedHeld = 0;
  private outbox?: SharedFrame[];
  /** Characters in the outbox, near enough bytes. */
  private queued = 0;
  /** A follower had to wait for room. */
  private blocked = false;
  private held?: HeldTexts;
  private bucket?: TokenBucket;
  /** On the elapsed clock. */
  private admittedAt = 0;
  private turn?: Promise<void>;
  private reason = GONE;

  constructor(
    readonly hub: Hub,
    readonly link: Link,
    /** From the upgrade; forgotten once used. */
    public arrival: Arrival | undefined,
    /** Of two links of a device, the one accepted later is the newer. */
    readonly order: number,
  ) {
    this.address = arrival?.address;
    this.window = hub.options.limits.windowEntries;
    this.acceptedAt = this.lastHeard = hub.options.clock.elapsed();
    this.since = hub.options.clock.now();
  }

  /** Nothing is sent before the transport has its handler. */
  connectAtOnce(connect: Connect): void {
    this.state = 'admitting';
    this.hub.options.clock.soon(() => {
      if (this.state === 'admitting') this.inBackground(admit(this, connect));
    });
  }

  get isOver(): boolean {
    return this.state === 'closed';
  }

  // ---- what arrives

  received(text: string): void {
    this.lastHeard = this.hub.options.clock.elapsed();
    this.pingedAt = -1;
    if (this.state === 'admitting') this.hold(text);
    else handleText(this, text);
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
    const bytes = this.queued;
    this.outbox = undefined;
    this.queued = 0;
    if (!frames || this.state === 'closed') return;
    this.hub.bufferedBytes += bytes;
    this.link.send(frames);
    // The socket may have taken at once what made the followers wait; otherwise `drained` wakes them.
    if (this.blocked && !this.congested) this.wake();
  }

  /** The socket holds as many bytes as it may: followers wait for `drained`. */
  get congested(): boolean {
    const { limits, clock } = this.hub.options;
    const held = this.link.bufferedBytes();
    const crowded = held > 0 && this.hub.bufferedBytes > limits.bufferedBytes;
    if (held + this.queued < limits.congestedBytes && !crowded) return false;
    this.blocked = true;
    if ((held >= limits.congestedBytes || crowded) && this.congestedSince < 0) {
      this.congestedSince = clock.elapsed();
      this.congestedHeld = held;
    }
    return true;
  }

  private wake(): void {
    this.blocked = false;
    // Room that others left is no sign of life: who took nothing has been stalled since it began.
    if (this.link.bufferedBytes() < this.congestedHeld) this.congestedSince = -1;
    for (const follower of this.followers) follower.pump();
  }

  /** The socket has not taken all of what was written. */
  get clogged(): boolean {
    return this.link.bufferedBytes() > 0;
  }

  /** Volatile: the first to go where a link is slow. */
  sendSignal(frame: SharedFrame): void {
    if (this.state !== 'connected') return;
    if (this.link.bufferedBytes() + this.queued >= this.hub.options.limits.signalBytes)
      this.hub.counters.drop('signal_slow');
    else this.queue(frame);
  }

  /** Since when the socket has not taken what it was given, on the elapsed clock; -1 when it has. */
  get stalledSince(): number {
    return this.congestedSince;
  }

  /** The last sign of life. Unix milliseconds. */
  lastHeardAt(): number {
    const { clock } = this.hub.options;
    return Math.floor(clock.now() - Math.max(0, clock.elapsed() - this.lastHeard));
  }

  /** Its token was issued before `at`, Unix milliseconds; where nothing says when, it was admitted before. */
  isOlderThan(at: number): boolean {
    const { clock } = this.hub.options;
    const since = this.identity?.issuedAt ?? clock.now() - (clock.elapsed() - this.admittedAt);
    return since < at;
  }

  /** A frame that costs something: milliseconds to wait before the next one, 0 when it may pass. */
  toll(): number {
    const { hub } = this;
    const elapsed = hub.options.clock.elapsed();
    this.bucket ??= new TokenBucket(hub.options.limits.framesPerSecond, elapsed);
    const own = this.bucket.take(elapsed);
    // Before it is known whose it is, it counts for nobody.
    const shared = this.state === 'connected' ? hub.takeUserFrame(this) : own;
    if (own.waitMs === 0 && shared.waitMs === 0) return 0;
    hub.counters.drop(own.waitMs > 0 ? 'frames' : 'user_frames');
    const waitMs = Math.max(own.waitMs, shared.waitMs);
    if (own.hopeless || shared.hopeless) this.close(CLOSE.overloaded, waitMs);
    return waitMs;
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

  sentEntries(count: number): void {
    add(this.hub.counters.sent, this.link.transport, count);
  }

  retransmitted(follower: Follower, from: number, to: number): void {
    this.hub.counters.retransmits++;
    const { tenant, user, device } = this;
    this.hub.events.emit('retransmitted', { tenant, user, device, stream: wireName(follower.live.stream), from, to });
  }

  follower(stream: string): Follower | undefined {
    return this.followers.find((one) => one.live.stream === stream);
  }

  // ---- once a second

  tick(elapsed: number, now: number): void {
    const { limits } = this.hub.options;
    if (this.state !== 'connected') {
      // Whatever signs of life it gives: only `connect` counts.
      if (elapsed - this.acceptedAt >= limits.connectTimeoutMs && this.state === 'waiting') this.close(CLOSE.protocol);
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
    this.admittedAt = this.hub.options.clock.elapsed();
    const { held } = this;
    this.held = undefined;
    for (const text of held?.texts ?? []) handleText(this, text);
  }

  /** Frames that came before the connection was admitted; they are handled in order afterwards. */
  hold(text: string): void {
    this.held ??= new HeldTexts();
    if (!this.held.add(text)) this.close(CLOSE.protocol);
  }

  // ---- inside

  private end(): void {
    const wasConnected = this.state === 'connected';
    this.state = 'closed';
    if (wasConnected || this.announced) this.hub.presence.left(this);
    this.held = undefined;
    this.hub.remove(this, wasConnected);
    for (const follower of this.followers) follower.leave();
    if (wasConnected) {
      const { tenant, user, device, id } = this;
      const { code, reason } = this.reason;
      this.hub.events.emit('disconnected', { tenant, user, device, connection: id, code, reason });
    }
  }

  inBackground(work: Promise<void>, id?: number): void {
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
