import type { ConnectedFrame, FollowFrame, Position, ServerFrame, StreamName, UnfollowFrame } from 'push-core/wire';
import { Acknowledger } from './acknowledger.js';
import { backoffMs, pauseMs } from './backoff.js';
import type { Timer } from './clock.js';
import { BROKEN, type LinkEnd, planAfter } from './close-plan.js';
import { CursorKeeper } from './cursors/cursor-keeper.js';
import { type Deferred, deferred } from './deferred.js';
import { Emitter } from './emitter.js';
import { PushClientError, type PushClientErrorCode } from './errors.js';
import type { ClientState, PushClientEvents } from './events.js';
import { FollowList } from './follow-list.js';
import { handOver } from './hand-over.js';
import { HoleWatch } from './hole-watch.js';
import { Link } from './link.js';
import { type PushClientOptions, type ResolvedOptions, isTopic, resolveOptions } from './options.js';
import { isSeq } from './position.js';
import { ReadMarks } from './read-marks.js';
import { Recalls } from './recalls.js';
import { type StreamFrame, skipInstead } from './stream-inbox.js';
import { StreamSet } from './stream-set.js';
import { TokenDesk } from './token-desk.js';
import type { TransportName, Wire, WirePorts } from './transports/wire.js';

/** A connection that held this long ends a series of failed attempts. */
const STABLE_MS = 5_000;

/**
 * One device's connection to a push server, kept alive until `close()`.
 *
 * - *idle*: nothing happened yet. `connect()` leaves it.
 * - *connecting*: cursors are loaded, a token is asked for, a link opened. `connected` from the server leads to *connected*;
 *   anything that fails on the way, to *waiting* or *closed* as below.
 * - *connected*: entries flow. A lost link, a silent server, a hole that does not heal and a failed `message` handler all
 *   end the link. `connected` can come again, where the transport found a better way.
 * - *waiting*: a jittered pause before the next attempt, or the one the server asked for. Attempts are counted from 0
 *   again after a connection stood for 5 s, so a message whose handler always fails does not become a storm.
 * - *closed*: by `close()`, or because the server said not to come back (bad token, revoked, replaced by a newer
 *   connection). Nothing runs any more. `connect()` begins anew, with what was seen still known.
 *
 * An expired token is asked for anew and the connection tried at once, but only once until a connection has stood.
 */
export class PushClient {
  private readonly options: ResolvedOptions;
  private readonly events: Emitter<PushClientEvents>;
  private readonly acks: Acknowledger;
  private readonly streams: StreamSet;
  private readonly follows: FollowList;
  private readonly marks: ReadMarks;
  private readonly recalls = new Recalls();
  private readonly wire: (ports: WirePorts) => Wire;
  private readonly tokens: TokenDesk;
  private current: ClientState = 'idle';
  private link: Link | undefined;
  private lastTransport: TransportName | undefined;
  private ready: Deferred<void> = deferred();
  private closing: Promise<void> | undefined;
  private isLoaded = false;
  /** Counts what makes an attempt that is still waiting for something obsolete. */
  private turn = 0;
  private attempt = 0;
  private timer: Timer;

  /** Throws `CLIENT_BAD_OPTION`, with the option's name. */
  constructor(options: PushClientOptions) {
    this.options = resolveOptions(options);
    const { clock, ackDelayMs, window, cursors, transport } = this.options;
    const report = (error: PushClientError) => this.events.emit('error', error);
    this.events = new Emitter((event, cause) => {
      // An error handler that fails has nobody left to tell.
      if (event !== 'error') this.report('CLIENT_HANDLER_FAILED', `a handler of ${event} failed`, cause);
    });
    this.wire = transport(this.options);
    this.tokens = new TokenDesk(this.options.token, clock, (cause) =>
      this.report('CLIENT_TOKEN_FAILED', 'no token to connect with', cause),
    );
    const keeper = new CursorKeeper(cursors, clock, report);
    this.acks = new Acknowledger({
      clock,
      delayMs: ackDelayMs,
      urgentAt: Math.max(1, Math.floor(window / 4)),
      save: (stream, position) => keeper.save(stream, position),
      send: (acks) => this.link?.send(acks),
    });
    this.streams = new StreamSet({
      acks: this.acks,
      holes: new HoleWatch(clock, (stream) => {
        this.report('CLIENT_HOLE', `${stream}: an entry is missing and was not sent again`);
        this.link?.end(BROKEN, 'hole');
      }),
      cursors: keeper,
      // Beside the window's messages, gaps and skips wait in line too; and not every transport keeps to the window.
      capacity: 4 * Math.max(window, 256),
      isOpen: () => this.events.has('message') && this.isRunning,
      deliver: (frame) => this.deliver(frame),
      failed: () => this.link?.end(BROKEN, 'handler failed'),
      reset: (event) => this.events.emit('reset', event),
      report,
    });
    this.follows = new FollowList(this.options.follow, {
      clock,
      frameFor: (op, stream) => this.followFrame(op, stream),
      send: (frame) => this.link?.send([frame]),
      followed: (stream, info) => this.streams.adopt(stream, info),
      left: (stream) => void this.streams.leave(stream),
      report,
    });
    this.marks = new ReadMarks(clock, (frames) => {
      if (this.current === 'connected') this.link?.send(frames);
    });
  }

  get state(): ClientState {
    return this.current;
  }

  /** What the present connection runs over; undefined while there is none. */
  get transport(): TransportName | undefined {
    return this.current === 'connected' ? this.link?.transport : undefined;
  }

  /** The last entry of a stream whose handlers are done. */
  position(stream: StreamName): Position | undefined {
    return this.streams.position(stream);
  }

  /** Returns what unsubscribes. Until there is a `message` handler messages wait, unacknowledged. */
  on<E extends keyof PushClientEvents>(event: E, handler: (payload: PushClientEvents[E]) => unknown): () => void {
    const off = this.events.on(event, handler);
    // Not inside this call: the caller does not have `off` yet.
    if (event === 'message') void Promise.resolve().then(() => this.streams.pump());
    return off;
  }

  /** Resolves at the first `connected`; rejects when the client is closed before. Called again it changes nothing. */
  connect(): Promise<void> {
    if (this.closing !== undefined) return this.closing.then(() => this.connect());
    if (this.isRunning) return this.ready.promise;
    this.ready = deferred();
    this.attempt = 0;
    this.tokens.held();
    this.acks.start();
    void this.open();
    this.streams.pump();
    return this.ready.promise;
  }

  /**
   * Stores and acknowledges what was handled, then closes. Does not wait for handlers that still run: their messages
   * stay unacknowledged and come again.
   */
  close(): Promise<void> {
    if (this.closing !== undefined || this.current === 'closed') return this.closing ?? Promise.resolve();
    this.closing = this.shutDown();
    return this.closing;
  }

  /** Resolves when the server follows the topic for this device; rejects with the server's code where it may not. */
  follow(topic: StreamName): Promise<void> {
    return this.refusal(topic) ?? this.follows.follow(topic);
  }

  /**
   * Resolves when the server left the topic; its cursor is forgotten. Only a WebSocket can say it: over another transport
   * it rejects with `CLIENT_TRANSPORT`, and the device goes on following.
   */
  unfollow(topic: StreamName): Promise<void> {
    return this.refusal(topic) ?? this.follows.unfollow(topic);
  }

  /**
   * The user has read up to `seq`: of the thread, or without one of the whole stream (default `@me`). The user's other
   * devices are told. Without a connection it is said at the next one. Throws `CLIENT_BAD_MARK`.
   */
  markRead({ s = '@me', seq, thread }: { s?: StreamName; seq: number; thread?: string }): void {
    if (!isSeq(seq) || seq === 0) throw new PushClientError('CLIENT_BAD_MARK', 'seq must be a positive integer');
    this.marks.add({ op: 'read', s, seq, thread });
  }

  private get isRunning(): boolean {
    return this.current !== 'idle' && this.current !== 'closed' && this.closing === undefined;
  }

  // ---- connecting

  private async open(): Promise<void> {
    const turn = (this.turn += 1);
    this.become('connecting');
    if (!this.isLoaded) {
      await this.streams.load();
      this.isLoaded = true;
    }
    if (turn !== this.turn) return;
    const token = await this.tokens.ask();
    if (turn !== this.turn) return;
    if (token === undefined) {
      this.retry();
      return;
    }
    const { clock, connectWaitMs, device, window, startFrom } = this.options;
    this.link = new Link({
      clock,
      connectWaitMs,
      wire: this.wire,
      frame: (link, frame) => this.receive(link, frame),
      settled: () => this.acks.settle(),
      isCrowded: () => this.streams.isCrowded,
      report: (error) => this.events.emit('error', error),
      ended: (link, end, fatal) => this.ended(link, end, fatal),
    });
    const follow = () => this.follows.topics();
    await this.link.open({
      connect: () => {
        const fresh = startFrom === 'start' ? ['@me', ...follow()] : [];
        return { op: 'connect', token, device, resume: this.streams.resume(fresh), window };
      },
      follow,
      known: () => this.streams.positions(),
    });
  }

  private welcome({ transport: to }: Link, frame: ConnectedFrame): void {
    const from = this.lastTransport;
    if (this.current === 'connected') this.unplug();
    this.timer = this.options.clock.setTimeout(() => {
      this.attempt = 0;
      this.tokens.held();
    }, STABLE_MS);
    this.become('connected');
    this.lastTransport = to;
    if (from !== to) this.events.emit('transport', { from, to });
    this.events.emit('connected', frame);
    // An event stream begins without a word from this side: it says at once what it has, before a short one is gone again.
    const unasked = to === 'sse';
    for (const [stream, info] of Object.entries(frame.streams)) this.streams.adopt(stream, info, unasked);
    if (unasked) void this.acks.flush();
    for (const stream of this.streams.names()) {
      // Left while we were away. Kept, its cursor would one day claim a past that was never followed.
      if (!Object.hasOwn(frame.streams, stream) && !this.follows.wants(stream)) this.lose(stream);
    }
    this.follows.online(Object.keys(frame.streams));
    this.marks.online();
    this.ready.resolve();
  }

  /** What went over the connection has to find another one. */
  private unplug(): void {
    this.options.clock.clearTimeout(this.timer);
    this.streams.detach();
    this.follows.offline();
    this.marks.offline();
  }

  private ended(link: Link, end: LinkEnd, fatal?: PushClientError): void {
    if (link !== this.link) return;
    this.link = undefined;
    this.turn += 1;
    this.unplug();
    const plan = fatal === undefined ? planAfter(end, this.tokens.canRefresh) : ({ then: 'stop' } as const);
    const reconnect = plan.then !== 'stop' && this.closing === undefined;
    const wasConnected = this.current === 'connected';
    const turn = this.turn;
    this.events.emit('disconnected', { code: end.code, reason: end.reason, wasConnected, reconnect });
    // A handler may have closed us, or connected anew.
    if (this.closing !== undefined || turn !== this.turn) return;
    if (plan.then === 'retry') this.retry(plan.afterMs);
    else if (plan.then === 'stop') this.stop(fatal ?? refusalOf(end));
    else {
      this.tokens.expired();
      void this.open();
    }
  }

  private retry(afterMs?: number): void {
    const { clock, backoff, random } = this.options;
    const ms = pauseMs(afterMs, this.attempt, backoffMs(backoff, this.attempt, random));
    this.attempt += 1;
    this.timer = clock.setTimeout(() => void this.open(), ms);
    this.become('waiting');
  }

  private async shutDown(): Promise<void> {
    this.turn += 1;
    this.options.clock.clearTimeout(this.timer);
    await this.acks.flush();
    await this.link?.flush();
    this.link?.end(1000, 'closed');
    this.closing = undefined;
    this.stop(new PushClientError('CLIENT_CLOSED', 'the client was closed'));
  }

  private stop(why: PushClientError): void {
    this.acks.stop();
    this.follows.abandon(why);
    this.ready.reject(why);
    this.become('closed');
    if (why.code !== 'CLIENT_CLOSED') this.events.emit('error', why);
  }

  // ---- connected

  private receive(link: Link, frame: ServerFrame): void {
    if (link !== this.link || this.closing !== undefined) return;
    if (frame.op === 'connected') this.welcome(link, frame);
    if (frame.op === 'error' && !this.follows.refused(frame)) this.report(frame.code, frame.message);
    // Before `connected` there is no place in any stream that an entry could follow.
    if (this.current !== 'connected') return;
    if (frame.op === 'push') this.streams.offer(this.recalls.has(frame.id) ? skipInstead(frame) : frame);
    else if (frame.op === 'gap' || frame.op === 'skip') this.streams.offer(frame);
    else if (frame.op === 'read') this.events.emit('read', frame);
    else if (frame.op === 'signal') this.events.emit('signal', frame);
    else if (frame.op === 'recall') {
      this.streams.recall(frame.s, frame.id);
      if (this.recalls.add(frame.id)) this.events.emit('recall', frame);
    } else if (frame.op === 'ok') this.follows.answered(frame);
    else if (frame.op === 'bye') this.acks.sendStored();
    else if (frame.op === 'unfollowed') this.lose(frame.s);
    else if (frame.op === 'followed') {
      this.streams.adopt(frame.s, frame);
      this.events.emit('followed', frame);
    }
  }

  private deliver(frame: StreamFrame): boolean | Promise<boolean> {
    if (frame.op === 'push') {
      return handOver(this.events, frame, (message, cause) => this.report('CLIENT_HANDLER_FAILED', message, cause));
    }
    if (frame.op === 'gap') this.events.emit('gap', frame);
    else this.events.emit('skip', frame);
    return true;
  }

  private lose(stream: StreamName): void {
    if (this.streams.leave(stream)) this.events.emit('unfollowed', { op: 'unfollowed', s: stream });
  }

  private followFrame(op: 'follow' | 'unfollow', stream: StreamName): FollowFrame | UnfollowFrame {
    if (op === 'unfollow') return { op, s: stream };
    const start = this.options.startFrom === 'start' ? 'start' : undefined;
    return { op, s: stream, resume: this.streams.resumable(stream) ?? start };
  }

  private refusal(topic: StreamName): Promise<never> | undefined {
    if (!isTopic(topic))
      return Promise.reject(new PushClientError('CLIENT_BAD_TOPIC', `not a topic: ${String(topic)}`));
    if (this.current !== 'closed' && this.closing === undefined) return undefined;
    return Promise.reject(new PushClientError('CLIENT_CLOSED', 'the client is closed'));
  }

  private become(to: ClientState): void {
    const from = this.current;
    if (from === to) return;
    this.current = to;
    this.events.emit('state', { from, to });
  }

  private report(code: PushClientErrorCode, message: string, cause?: unknown): void {
    this.events.emit('error', new PushClientError(code, message, cause));
  }
}

function refusalOf({ code, reason }: LinkEnd): PushClientError {
  return new PushClientError('CLIENT_REFUSED', `ended by the server for good: ${code} ${reason}`.trim());
}
