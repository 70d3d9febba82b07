import type { ArrivedHint, Hint, RecallHint, SignalHint } from '../cluster/bus.js';
import type { Timer } from '../clock/clock.js';
import { CLOSE, type CloseReason } from '../close-reasons.js';
import { PushError } from '../errors.js';
import type { Events } from '../events.js';
import { add, Counters } from '../meters.js';
import type { DeviceRef } from '../model/device.js';
import { streamKey } from '../model/stream.js';
import type { ResolvedOptions } from '../options.js';
import type { AppendOutcome, AppendRequest, Place } from '../store/message-store.js';
import type { Arrival, Link, LinkHandler } from '../transports/transport.js';
import { refreshSubscriptions } from './admission.js';
import { Arrivals } from './arrivals.js';
import { Connection } from './connection.js';
import { Crowd } from './crowd.js';
import { CursorBook } from './cursor-book.js';
import { Entrance } from './entrance.js';
import type { Follower } from './follower.js';
import { pushTail } from './hot-entry.js';
import { heed } from './hints.js';
import type { LiveStream } from './live-stream.js';
import { LiveStreams } from './live-streams.js';
import { meterDelivery } from './meter-delivery.js';
import { sendSignal, tellRead, tellRecall, type Present } from './notices.js';
import { PresenceBook } from './presence-book.js';
import { ReadBook } from './read-book.js';
import { Reader } from './reader.js';
import { RevocationWatch } from './revocations.js';
import { Sweep } from './sweep.js';
import { TokenBuckets } from './token-bucket.js';

const TICK_MS = 1000;

/** The connections of this node and the streams they follow. Entry point of everything that makes a pump run. */
export class Hub implements Present {
  readonly book: CursorBook;
  readonly reader: Reader;
  readonly entrance: Entrance;
  readonly presence: PresenceBook;
  readonly readBook: ReadBook;
  readonly arrivals: Arrivals;
  readonly crowd: Crowd;
  readonly streams: LiveStreams;
  readonly counters = new Counters();
  /** Handed to sockets and not taken yet, of all connections: counted once a second, what was sent since added. */
  bufferedBytes = 0;
  /** Connections that are owed something; their frames leave together at the end of the turn's work. */
  readonly toFlush: Connection[] = [];
  private readonly connections = new Set<Connection>();
  private readonly byUser = new Map<string, Connection[]>();
  private readonly sweep: Sweep;
  private readonly revocations: RevocationWatch;
  private readonly userFrames: TokenBuckets;
  private ticker?: Timer;
  private accepted = 0;
  private draining = false;

  constructor(
    readonly options: ResolvedOptions,
    readonly events: Events,
  ) {
    this.book = new CursorBook(options.store.cursors, options.clock, events, options.limits.cursorFlushMs);
    this.reader = new Reader(options.store.messages, options.clock);
    const { store, clock, limits, node, ids } = options;
    this.entrance = new Entrance(options);
    this.presence = new PresenceBook(
      store.presence,
      clock,
      events,
      `${node} ${ids.connection()}`,
      limits.presenceLeaseMs,
    );
    this.arrivals = new Arrivals(store, clock, this.book, this.presence);
    this.readBook = new ReadBook(options, events, (mark, unread, device) => {
      tellRead(this, { mark, unread }, device);
      this.flush();
      this.tellOthers([{ kind: 'read', mark, unread, device }]);
    });
    this.crowd = new Crowd(limits, this.counters, () => this.spreadMs());
    this.userFrames = new TokenBuckets(limits.userFramesPerSecond);
    this.revocations = new RevocationWatch(store.access, clock, events, limits.revocationPollMs, (one) =>
      this.revoked(one.tenant, one.user, one.at),
    );
    this.streams = new LiveStreams(options.limits);
    this.sweep = new Sweep(options, events, () => this.streams.all());
  }

  get connectionCount(): number {
    return this.connections.size;
  }

  start(): void {
    this.planTick();
    this.sweep.start();
    this.presence.start();
    this.revocations.start();
  }

  /** Why a link from this address is not wanted now. */
  refusal(address?: string): PushError | undefined {
    if (!this.draining) return this.crowd.refusal(address);
    return new PushError('DRAINING', 'This node is shutting down; try another one', { retryAfterMs: this.spreadMs() });
  }

  accept(link: Link, arrival?: Arrival): LinkHandler {
    const refusal = this.draining ? undefined : this.crowd.refusal(arrival?.address);
    const connection = new Connection(this, link, arrival, ++this.accepted);
    this.connections.add(connection);
    this.crowd.waiting++;
    add(this.counters.connections, link.transport, 1);
    if (connection.address !== undefined) this.crowd.cameFrom(connection.address);
    if (this.draining) this.refuse(connection, CLOSE.draining, this.spreadMs());
    else if (refusal) this.refuse(connection, CLOSE.overloaded, refusal.retryAfterMs);
    else if (arrival?.connect) connection.connectAtOnce(arrival.connect);
    return connection;
  }

  /** Not before the transport has its handler, where it expects an answer to a connect of its own. */
  private refuse(connection: Connection, reason: CloseReason, afterMs?: number): void {
    if (connection.arrival?.connect) this.options.clock.soon(() => connection.close(reason, afterMs));
    else connection.close(reason, afterMs);
  }

  // ---- new entries

  /** Returns the hints for other nodes, where there may be any. */
  committed(requests: readonly AppendRequest[], outcomes: readonly AppendOutcome[]): Hint[] {
    const hints: Hint[] = [];
    const touched: LiveStream[] = [];
    for (let i = 0; i < requests.length; i++) {
      const outcome = outcomes[i];
      if (outcome?.kind !== 'stored' || outcome.places.length === 0) continue;
      const { message, targets } = requests[i] as AppendRequest;
      let tail: string | undefined;
      for (let at = 0; at < outcome.places.length; at++) {
        const { stream, seq } = outcome.places[at] as Place;
        if (this.options.clustered) hints.push({ kind: 'head', tenant: message.tenant, stream, head: seq });
        const live = this.streams.get(message.tenant, stream);
        if (!live) continue;
        tail ??= pushTail(message);
        live.offer({ seq, expiresAt: message.expiresAt, filter: targets[at]?.filter, tail, at: message.acceptedAt });
        if (live.touched) continue;
        live.touched = true;
        touched.push(live);
      }
    }
    for (const live of touched) {
      live.touched = false;
      live.pumpAll();
    }
    this.flush();
    return hints;
  }

  hinted(hints: readonly Hint[]): void {
    for (const hint of hints) heed(this, hint);
    this.flush();
  }

  /** Volatile: to whoever is connected, here and on other nodes. */
  signal(hint: SignalHint): void {
    sendSignal(this, hint);
    this.flush();
    this.tellOthers([hint]);
  }

  recalled(hint: RecallHint): void {
    tellRecall(this, hint);
    this.flush();
    this.tellOthers([hint]);
  }

  /** Closes what was let in by tokens of before `at`. */
  revoked(tenant: string, user: string, at: number): void {
    for (const connection of [...this.ofUser(tenant, user)]) {
      if (connection.isOlderThan(at)) connection.close(CLOSE.revoked);
    }
  }

  tellOthers(hints: readonly Hint[]): void {
    if (this.options.clustered) void this.options.bus.broadcast(hints);
  }

  live(tenant: string, stream: string): LiveStream | undefined {
    return this.streams.get(tenant, stream);
  }

  ofUser(tenant: string, user: string): readonly Connection[] {
    return this.byUser.get(streamKey(tenant, user)) ?? [];
  }

  flush(): void {
    // A flush can make another connection owe something: the list may grow while it is walked.
    for (let i = 0; i < this.toFlush.length; i++) this.toFlush[i]?.flush();
    this.toFlush.length = 0;
  }

  // ---- streams

  unfollow(connection: Connection, stream: string): void {
    const follower = connection.follower(stream);
    if (!follower) return;
    connection.followers = connection.followers.filter((one) => one !== follower);
    connection.leftSome = true;
    follower.leave();
    this.book.left(follower);
    this.streams.forgetIfIdle(follower.live);
  }

  acknowledged(follower: Follower, from: number): void {
    this.book.note(follower);
    const { connection, live, acked } = follower;
    add(this.counters.acked, connection.link.transport, acked - from + 1);
    if (live.hot) meterDelivery(this.counters, live.hot, from, acked, this.options.clock.now());
    if (!this.events.wants('acknowledged')) return;
    const { tenant, user, device } = connection;
    this.events.emit('acknowledged', { tenant, user, device, stream: live.stream, from, to: acked });
  }

  /** A client that came back signed for what its earlier link had brought. */
  signed(connection: Connection, { stream, from, to }: { stream: string; from: number; to: number }): void {
    add(this.counters.acked, connection.link.transport, to - from + 1);
    const { tenant, user, device } = connection;
    this.events.emit('acknowledged', { tenant, user, device, stream, from, to });
  }

  /** The stream was begun anew: its followers start over, their devices are told `reset`. */
  epochChanged(live: LiveStream): void {
    this.streams.forget(live);
    for (const { connection } of [...live.followers]) connection.close(CLOSE.draining, this.spreadMs());
  }

  // ---- connections

  /** One live connection a device: the newest. */
  replaceWith(connection: Connection): void {
    const key = streamKey(connection.tenant, connection.user);
    const other = this.byUser.get(key)?.find((one) => one.device === connection.device);
    // A link that took long to be admitted may be the older one by now.
    if (other && other.order > connection.order) return connection.close(CLOSE.replaced);
    other?.close(CLOSE.replaced);
    const others = this.byUser.get(key);
    if (others) others.push(connection);
    else this.byUser.set(key, [connection]);
  }

  /** Another node took the device over. */
  replaced({ tenant, user, device, connection }: ArrivedHint): void {
    this.ofUser(tenant, user)
      .find((one) => one.device === device && one.id !== connection)
      ?.close(CLOSE.replaced);
  }

  /** One too many of this user or tenant; the device's own older connection gives way and does not count. */
  crowded({ tenant, user, device }: DeviceRef): PushError | undefined {
    return this.crowd.crowded(tenant, this.ofUser(tenant, user).filter((one) => one.device !== device).length);
  }

  admitted(connection: Connection): void {
    const { tenant, user, device, id } = connection;
    this.crowd.waiting--;
    this.crowd.joined(tenant);
    this.presence.arrived(connection);
    this.tellOthers([{ kind: 'arrived', tenant, user, device, connection: id }]);
  }

  takeUserFrame({ tenant, user }: Connection): { readonly waitMs: number; readonly hopeless: boolean } {
    return this.userFrames.take(streamKey(tenant, user), this.options.clock.elapsed());
  }

  remove(connection: Connection, wasConnected: boolean): void {
    if (!this.connections.delete(connection)) return;
    add(this.counters.connections, connection.link.transport, -1);
    if (connection.address !== undefined) this.crowd.leftFrom(connection.address);
    if (wasConnected) this.crowd.left(connection.tenant);
    else this.crowd.waiting--;
    for (const follower of connection.followers) {
      this.book.left(follower);
      this.options.clock.soon(() => this.streams.forgetIfIdle(follower.live));
    }
    const key = streamKey(connection.tenant, connection.user);
    const mine = this.byUser.get(key)?.filter((one) => one !== connection);
    if (mine?.length) this.byUser.set(key, mine);
    else this.byUser.delete(key);
  }

  /** The subscriptions of these users changed. */
  async refresh(tenant: string, users: readonly string[]): Promise<void> {
    const connections = users.flatMap((user) => this.byUser.get(streamKey(tenant, user)) ?? []);
    await Promise.all(connections.map((connection) => refreshSubscriptions(connection)));
  }

  disconnect(tenant: string, user: string, device: string): void {
    this.byUser
      .get(streamKey(tenant, user))
      ?.find((one) => one.device === device)
      ?.close(CLOSE.revoked);
  }

  /** A moment of its own for each client, so that they do not come back together. */
  spreadMs(): number {
    return Math.floor(this.options.random() * this.options.limits.drainSpreadMs);
  }

  // ---- the end

  async drain(): Promise<void> {
    this.draining = true;
    for (const connection of [...this.connections]) connection.close(CLOSE.draining, this.spreadMs());
    await this.book.flush();
    await this.presence.close();
  }

  async close(): Promise<void> {
    this.ticker?.cancel();
    this.ticker = undefined;
    this.book.stop();
    this.presence.stop();
    await Promise.all([this.sweep.stop(), this.revocations.stop()]);
  }

  // ---- inside

  /** Together they hold too much: who has been stalled longest goes first. */
  private relieve(excess: number): void {
    const stalled = [...this.connections].filter((one) => one.stalledSince >= 0);
    stalled.sort((a, b) => a.stalledSince - b.stalledSince);
    let left = excess;
    for (const connection of stalled) {
      if (left <= 0) return;
      left -= connection.link.bufferedBytes();
      this.counters.drop('buffered');
      connection.close(CLOSE.slowConsumer);
    }
  }

  private planTick(): void {
    this.ticker = this.options.clock.after(TICK_MS, () => {
      this.tick();
      if (this.ticker) this.planTick();
    });
  }

  private tick(): void {
    const { clock, limits } = this.options;
    const elapsed = clock.elapsed();
    const now = clock.now();
    let buffered = 0;
    for (const connection of [...this.connections]) {
      connection.tick(elapsed, now);
      buffered += connection.link.bufferedBytes();
    }
    this.bufferedBytes = buffered;
    if (buffered > limits.bufferedBytes) this.relieve(buffered - limits.bufferedBytes);
    this.presence.tick(elapsed);
    this.userFrames.forgetIdle(elapsed);
    this.streams.cool(now);
    this.flush();
  }
}
