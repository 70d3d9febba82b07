import type { Hint } from '../cluster/bus.js';
import type { Timer } from '../clock/clock.js';
import { CLOSE } from '../close-reasons.js';
import type { Events } from '../events.js';
import type { DeviceRef } from '../model/device.js';
import { EVERYBODY, streamKey, userStream, type StreamRef } from '../model/stream.js';
import type { ResolvedOptions } from '../options.js';
import type { AppendOutcome, AppendRequest, Place } from '../store/message-store.js';
import type { Arrival, Link, LinkHandler } from '../transports/transport.js';
import { refreshSubscriptions } from './admission.js';
import { Connection } from './connection.js';
import { CursorBook } from './cursor-book.js';
import type { Follower } from './follower.js';
import { pushTail } from './hot-entry.js';
import { LiveStream } from './live-stream.js';
import { Reader } from './reader.js';
import { Sweep } from './sweep.js';

const TICK_MS = 1000;

/** The connections of this node and the streams they follow. Entry point of everything that makes a pump run. */
export class Hub {
  readonly book: CursorBook;
  readonly reader: Reader;
  /** Connections that are owed something; their frames leave together at the end of the turn's work. */
  readonly toFlush: Connection[] = [];
  private readonly streams = new Map<string, LiveStream>();
  private readonly connections = new Set<Connection>();
  private readonly byUser = new Map<string, Connection[]>();
  private readonly sweep: Sweep;
  private ticker?: Timer;
  private draining = false;

  constructor(
    readonly options: ResolvedOptions,
    readonly events: Events,
  ) {
    this.book = new CursorBook(options.store.cursors, options.clock, events, options.limits.cursorFlushMs);
    this.reader = new Reader(options.store.messages, options.clock);
    this.sweep = new Sweep(
      options,
      events,
      (key) => this.streams.get(key),
      () => this.streams.keys(),
      (live) => this.pumpAll(live),
    );
  }

  get connectionCount(): number {
    return this.connections.size;
  }

  start(): void {
    this.planTick();
    this.sweep.start();
  }

  accept(link: Link, arrival?: Arrival): LinkHandler {
    const connection = new Connection(this, link, arrival);
    this.connections.add(connection);
    if (this.draining) connection.close(CLOSE.draining, this.spreadMs());
    return connection;
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
        if (this.options.clustered) hints.push({ tenant: message.tenant, stream, head: seq });
        const live = this.streams.get(streamKey(message.tenant, stream));
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
      this.pumpAll(live);
    }
    this.flush();
    return hints;
  }

  hinted(hints: readonly Hint[]): void {
    for (const hint of hints) {
      const live = this.streams.get(streamKey(hint.tenant, hint.stream));
      if (live?.observe(hint.head)) this.pumpAll(live);
    }
    this.flush();
  }

  flush(): void {
    // A flush can make another connection owe something: the list may grow while it is walked.
    for (let i = 0; i < this.toFlush.length; i++) this.toFlush[i]?.flush();
    this.toFlush.length = 0;
  }

  // ---- streams

  /** The live stream, kept until `unpin` even without followers. */
  pin(ref: StreamRef): LiveStream {
    const key = streamKey(ref.tenant, ref.stream);
    let live = this.streams.get(key);
    if (!live) {
      live = new LiveStream(ref, this.options.limits.hotEntries);
      this.streams.set(key, live);
    }
    live.pins++;
    return live;
  }

  unpin(live: LiveStream): void {
    live.pins--;
    this.forgetIfIdle(live);
  }

  unfollow(connection: Connection, stream: string): void {
    const follower = connection.follower(stream);
    if (!follower) return;
    connection.followers = connection.followers.filter((one) => one !== follower);
    connection.leftSome = true;
    follower.leave();
    this.forgetIfIdle(follower.live);
  }

  acknowledged(follower: Follower, from: number): void {
    this.book.note(follower);
    if (!this.events.wants('acknowledged')) return;
    const { tenant, user, device } = follower.connection;
    this.events.emit('acknowledged', { tenant, user, device, stream: follower.live.stream, from, to: follower.acked });
  }

  /** The stream was begun anew: its followers start over, their devices are told `reset`. */
  epochChanged(live: LiveStream): void {
    this.streams.delete(streamKey(live.tenant, live.stream));
    for (const { connection } of [...live.followers]) connection.close(CLOSE.draining, this.spreadMs());
  }

  // ---- connections

  /** One live connection a device: the newest. */
  replaceWith(connection: Connection): void {
    const key = streamKey(connection.tenant, connection.user);
    const mine = this.byUser.get(key);
    const older = mine?.find((one) => one.device === connection.device);
    older?.close(CLOSE.replaced);
    const others = this.byUser.get(key);
    if (others) others.push(connection);
    else this.byUser.set(key, [connection]);
  }

  remove(connection: Connection): void {
    this.connections.delete(connection);
    for (const { live } of connection.followers) this.options.clock.soon(() => this.forgetIfIdle(live));
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

  /** A device that was registered counts as seen: it begins at the head of its user's stream as it is now. */
  async meet(device: DeviceRef): Promise<void> {
    const { cursors, messages } = this.options.store;
    if ((await cursors.load(device)).size > 0) return;
    const refs = [userStream(device.user), EVERYBODY].map((stream) => ({ tenant: device.tenant, stream }));
    const states = await messages.states(refs);
    const moves = refs.map(({ stream }, i) => ({
      ...device,
      stream,
      position: { epoch: states[i]?.epoch ?? '', seq: states[i]?.head ?? 0 },
      begins: true,
    }));
    await this.book.begin(moves);
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
  }

  async close(): Promise<void> {
    this.ticker?.cancel();
    this.ticker = undefined;
    this.book.stop();
    await this.sweep.stop();
  }

  // ---- inside

  private pumpAll(live: LiveStream): void {
    for (let i = live.followers.length - 1; i >= 0; i--) live.followers[i]?.pump();
  }

  private forgetIfIdle(live: LiveStream): void {
    if (live.pins > 0 || live.followers.length > 0) return;
    const key = streamKey(live.tenant, live.stream);
    if (this.streams.get(key) === live) this.streams.delete(key);
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
    for (const connection of [...this.connections]) connection.tick(elapsed, now);
    let held = 0;
    for (const live of this.streams.values()) {
      held += live.cool(now - limits.hotMs);
      if (held > limits.hotBytes) live.forgetHot();
    }
    this.flush();
  }
}
