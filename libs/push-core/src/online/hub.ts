import type { Hint, RecallHint, SignalHint } from '../cluster/bus.js';
import type { Timer } from '../clock/clock.js';
import { CLOSE, type CloseReason } from '../close-reasons.js';
import { PushError } from '../errors.js';
import type { Events } from '../events.js';
import { add, Counters } from '../meters.js';
import type { DeviceRef, UserRef } from '../model/device.js';
import { streamKey, wireName } from '../model/stream.js';
import type { ResolvedOptions } from '../options.js';
import type { AppendOutcome, AppendRequest } from '../store/message-store.js';
import { DeliveryTraces } from '../tracing/delivery-traces.js';
import { Tenants } from '../tenants/tenants.js';
import type { Arrival, Link, LinkHandler } from '../transports/transport.js';
import { refreshSubscriptions } from './admission.js';
import { Arrivals } from './arrivals.js';
import { Connection } from './connection.js';
import { Crowd } from './crowd.js';
import { CursorBook } from './cursor-book.js';
import { DeviceLinks } from './device-links.js';
import { Entrance } from './entrance.js';
import type { Follower } from './follower.js';
import { HintRouter } from './hint-router.js';
import { heed } from './hints.js';
import type { LiveStream } from './live-stream.js';
import { LiveStreams } from './live-streams.js';
import { meterDelivery } from './meter-delivery.js';
import { sendSignal, tellRead, tellRecall, type Present } from './notices.js';
import { offerAppended } from './offer-appended.js';
import { PresenceBook } from './presence-book.js';
import { ReadBook } from './read-book.js';
import { Reader } from './reader.js';
import { relieve } from './relieve.js';
import { RevocationWatch } from './revocations.js';
import { Sweep } from './sweep.js';
import { TokenBuckets } from './token-bucket.js';

const TICK_MS = 1000;
const DRAIN_LOOK_MS = 20;

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
  readonly links: DeviceLinks;
  readonly tenants: Tenants;
  readonly counters = new Counters();
  /** Undefined where nothing is traced. */
  readonly traces?: DeliveryTraces;
  /** Handed to sockets and not taken yet, of all connections: counted once a second, what was sent since added. */
  bufferedBytes = 0;
  /** Connections that are owed something; their frames leave together at the end of the turn's work. */
  readonly toFlush: Connection[] = [];
  private readonly connections = new Set<Connection>();
  private readonly sweep: Sweep;
  private readonly revocations: RevocationWatch;
  private readonly userFrames: TokenBuckets;
  private ticker?: Timer;
  private accepted = 0;
  /** No new links, and nothing new is sent. */
  isDraining = false;
  private readonly touched: LiveStream[] = [];
  private readonly router: HintRouter;
  /** Told of users whose cursors or read marks have moved. */
  onMoved: (users: readonly UserRef[]) => void = () => undefined;
  /** Told that there is work of a kind. */
  onWork: (kind: string) => void = () => undefined;

  constructor(
    readonly options: ResolvedOptions,
    readonly events: Events,
  ) {
    const { store, clock, limits, life, tracer } = options;
    this.traces = tracer && new DeliveryTraces(tracer, () => clock.now());
    this.book = new CursorBook(store.cursors, clock, events, limits.cursorFlushMs, (moves) => this.onMoved(moves));
    this.reader = new Reader(store.messages, clock);
    this.tenants = new Tenants(options.tenants, clock, events);
    this.entrance = new Entrance(options, this.tenants);
    this.router = new HintRouter(options, events);
    this.presence = new PresenceBook(store.presence, clock, events, life, limits.presenceLeaseMs);
    this.arrivals = new Arrivals(store, clock, this.book, this.presence, options.clustered);
    this.readBook = new ReadBook(options, events, (mark, unread, device) => {
      tellRead(this, { mark, unread }, device);
      this.flush();
      this.tellOthers([{ kind: 'read', mark, unread, device }]);
      this.onMoved([mark]);
    });
    this.crowd = new Crowd(limits, this.counters, () => this.spreadMs());
    this.userFrames = new TokenBuckets(limits.userFramesPerSecond);
    this.revocations = new RevocationWatch(store.access, clock, events, limits.revocationPollMs, (one) =>
      this.revoked(one.tenant, one.user, one.at),
    );
    this.links = new DeviceLinks(options, this.presence, (hints) => this.tellOthers(hints));
    this.streams = new LiveStreams(options.limits);
    this.sweep = new Sweep(
      options,
      events,
      () => this.streams.all(),
      (live) => this.epochChanged(live),
    );
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
    if (!this.options.roles.has('gateway')) {
      return new PushError('NOT_SUPPORTED', 'This node holds no connections: its roles leave out "gateway"');
    }
    if (!this.isDraining) return this.crowd.refusal(address);
    return new PushError('DRAINING', 'This node is shutting down; try another one', { retryAfterMs: this.spreadMs() });
  }

  accept(link: Link, arrival?: Arrival): LinkHandler {
    const refusal = this.isDraining ? undefined : this.refusal(arrival?.address);
    const connection = new Connection(this, link, arrival, ++this.accepted);
    this.connections.add(connection);
    this.crowd.waiting++;
    add(this.counters.connections, link.transport, 1);
    if (connection.address !== undefined) this.crowd.cameFrom(connection.address);
    if (this.isDraining) this.refuse(connection, CLOSE.draining, this.spreadMs());
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

  /** To devices here at once, to other nodes by hints. */
  committed(requests: readonly AppendRequest[], outcomes: readonly AppendOutcome[]): void {
    const hints = offerAppended(this, requests, outcomes);
    this.flush();
    this.tellOthers(hints);
  }

  hinted(hints: readonly Hint[]): void {
    for (const hint of hints) heed(this, hint);
    this.flush();
  }

  /** The stream has something new; its followers are pumped once for all that is new, at the next flush. */
  touch(live: LiveStream): void {
    if (live.touched) return;
    live.touched = true;
    this.touched.push(live);
  }

  work(kind: string): void {
    this.onWork(kind);
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
    if (this.options.clustered && hints.length > 0) this.router.tell(hints);
  }

  live(tenant: string, stream: string): LiveStream | undefined {
    return this.streams.get(tenant, stream);
  }

  ofUser(tenant: string, user: string): readonly Connection[] {
    return this.links.ofUser(tenant, user);
  }

  flush(): void {
    if (this.touched.length > 0) this.pumpTouched();
    // A flush can make another connection owe something: the list may grow while it is walked.
    for (let i = 0; i < this.toFlush.length; i++) this.toFlush[i]?.flush();
    this.toFlush.length = 0;
  }

  private pumpTouched(): void {
    for (const live of this.touched.splice(0)) {
      live.touched = false;
      live.pumpAll();
    }
  }

  // ---- streams

  unfollow(connection: Connection, stream: string): void {
    const follower = connection.follower(stream);
    if (!follower) return;
    connection.followers = connection.followers.filter((one) => one !== follower);
    connection.leftSome = true;
    follower.leave();
    this.book.left(follower);
    this.traces?.left(follower);
    this.streams.forgetIfIdle(follower.live);
  }

  acknowledged(follower: Follower, from: number): void {
    this.book.note(follower);
    const { connection, live, acked } = follower;
    add(this.counters.acked, connection.link.transport, acked - from + 1);
    if (live.hot) meterDelivery(this.counters, live.hot, from, acked, this.options.clock.now());
    if (this.traces) this.traces.acknowledged(follower, from, acked);
    if (!this.events.wants('delivered')) return;
    const { tenant, user, device } = connection;
    this.events.emit('delivered', { tenant, user, device, stream: wireName(live.stream), from, to: acked });
  }

  /** A client that came back signed for what its earlier link had brought. */
  signed(connection: Connection, { stream, from, to }: { stream: string; from: number; to: number }): void {
    add(this.counters.acked, connection.link.transport, to - from + 1);
    const { tenant, user, device } = connection;
    this.events.emit('delivered', { tenant, user, device, stream: wireName(stream), from, to });
  }

  /** The stream was begun anew: its followers start over, their devices are told `reset`. */
  epochChanged(live: LiveStream): void {
    this.streams.forget(live);
    for (const { connection } of [...live.followers]) connection.close(CLOSE.draining, this.spreadMs());
  }

  // ---- connections

  /** One too many of this user or tenant; the device's own older connection gives way and does not count. */
  crowded({ tenant, user, device }: DeviceRef): PushError | undefined {
    const own = this.ofUser(tenant, user).filter((one) => one.device !== device).length;
    return this.crowd.crowded(tenant, own, this.tenants.lastKnown(tenant).connections);
  }

  admitted(connection: Connection): void {
    this.crowd.waiting--;
    this.crowd.joined(connection.tenant);
    this.presence.arrived(connection);
    this.links.tellArrived(connection);
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
      this.traces?.left(follower);
      this.options.clock.soon(() => this.streams.forgetIfIdle(follower.live));
    }
    this.links.remove(connection);
  }

  /** The subscriptions of these users changed. */
  async refresh(tenant: string, users: readonly string[]): Promise<void> {
    const connections = users.flatMap((user) => this.ofUser(tenant, user));
    await Promise.all(connections.map((connection) => refreshSubscriptions(connection)));
  }

  disconnect(tenant: string, user: string, device: string): void {
    this.links.of({ tenant, user, device })?.close(CLOSE.revoked);
  }

  /** A moment of its own for each client, so that they do not come back together. */
  spreadMs(): number {
    return Math.floor(this.options.random() * this.options.limits.drainSpreadMs);
  }

  /** Its policy was changed, here or on another node. */
  async tenantChanged(tenant: string): Promise<void> {
    const policy = await this.tenants.changed(tenant);
    if (policy.suspended) this.showOut([tenant]);
  }

  /** Closes what these tenants were let in with. */
  showOut(tenants: readonly string[]): void {
    const names = new Set(tenants);
    for (const connection of [...this.connections]) if (names.has(connection.tenant)) connection.close(CLOSE.revoked);
  }

  /** Resolves when what was noted of cursors and presence before the call is in the store. */
  async written(): Promise<void> {
    await Promise.all([this.presence.flush(), this.book.flush()]);
  }

  // ---- the end

  /** Nothing new is sent; what was sent is waited for, as long as acknowledgements may take; then everybody is sent on. */
  async drain(): Promise<void> {
    this.isDraining = true;
    await this.acknowledgements();
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

  /** Resolves when what was sent is acknowledged, or has had its time. */
  private async acknowledgements(): Promise<void> {
    const { clock, limits } = this.options;
    const until = clock.elapsed() + limits.drainAckMs;
    while (clock.elapsed() < until && [...this.connections].some((one) => one.followers.some((each) => each.isAwaited)))
      await new Promise<void>((resolve) => clock.after(DRAIN_LOOK_MS, resolve));
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
    const excess = buffered - limits.bufferedBytes;
    if (excess > 0) relieve(this.connections, excess, this.counters);
    this.presence.tick(elapsed);
    this.userFrames.forgetIdle(elapsed);
    this.streams.cool(now);
    this.flush();
  }
}
