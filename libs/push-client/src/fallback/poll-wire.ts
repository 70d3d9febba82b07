import type { AckFrame, ClientFrame, Position, StreamInfo, StreamName } from 'push-core/wire';
import { type BackoffOptions, backoffMs } from '../backoff.js';
import type { Clock } from '../clock.js';
import { UNKNOWN_EPOCH } from '../position.js';
import { type HttpDoor, endOf, readText } from './http-door.js';
import type { Outbox } from './outbox.js';
import { type PollAnswer, readAnswer } from './poll-answer.js';
import type { Hello, Wire, WirePorts } from '../transports/wire.js';

const WAIT_MS = 25_000;
/** A little more than a poll takes, so that one that works never looks dead. */
const HEARTBEAT_MS = 30_000;
/** How long entries that are not handled hold up the streams whose are. */
const STUCK_MS = 5_000;
/** Pauses while polls are answered early and with nothing: another connection of this device keeps ending them. */
const CROWDED: BackoffOptions = { baseMs: 1_000, capMs: 30_000 };
/** 256 entries of 64 KiB, and room for escapes. */
const LONGEST_ANSWER_CHARS = 32 * 1024 * 1024;

export interface PollPorts extends WirePorts {
  clock: Clock;
  random: () => number;
}

/**
 * Long poll. `after` acknowledges all that the last answer held, and is said only when all of it was handled.
 *
 * - *asking*: a poll is under way. The first one does not wait; its answer stands for `connected`.
 * - *owing*: what the answer held is being handled. When all is acknowledged the next poll says so with `after`. What is
 *   not within 5 s must not hold up the other streams: the rest is acknowledged by requests, and the next poll continues
 *   from the device's cursor.
 * - *held*: a better transport is being tried, whose connection a poll would end.
 *
 * An answer tells no epochs, except of a stream that was followed meanwhile. Until a better transport does, a stream met
 * here has none.
 */
export class PollWire implements Wire {
  readonly transport = 'poll';
  /** Of the present poll: a signal that lived longer would collect listeners. */
  private poll = new AbortController();
  private readonly told = new Set<StreamName>();
  /** Of the last answer, by stream: the highest `seq` that is not acknowledged yet. */
  private readonly owed = new Map<StreamName, number>();
  /** Acknowledged here; the server hears of it with the next poll. */
  private readonly acks = new Map<StreamName, AckFrame>();
  private isClosed = false;
  private isHeld = false;
  private isAsking = false;
  private crowded = 0;
  private wake: () => void = () => undefined;

  constructor(
    private readonly door: HttpDoor,
    private readonly outbox: Outbox,
    private readonly ports: PollPorts,
  ) {}

  async open(hello: Hello): Promise<void> {
    this.door.enter(hello.connect());
    try {
      for (let after: string | undefined, waitMs = 0; !this.isClosed; waitMs = WAIT_MS) {
        const began = this.ports.clock.now();
        const answer = await this.ask(waitMs, after);
        if (this.isClosed) return;
        if (waitMs === 0) this.greet(answer, hello.known());
        // Positions from before do not hold any more, and only a new beginning forgets them.
        else if (answer.isReset) throw new Error('the streams began anew');
        this.take(answer);
        const isEarly = answer.isEmpty && this.ports.clock.now() - began < waitMs / 2;
        this.crowded = isEarly ? this.crowded + 1 : 0;
        if (isEarly) await this.sleep(backoffMs(CROWDED, this.crowded, this.ports.random));
        await this.untilSettled();
        after = this.owed.size > 0 ? undefined : answer.cursor;
        if (after === undefined) await this.post();
        while (this.isHeld) await this.sleep();
      }
    } catch (error) {
      if (!this.isClosed) this.ports.ended(endOf(error));
    }
  }

  send(frames: readonly ClientFrame[]): void {
    for (const frame of frames) {
      if (frame.op === 'ack') {
        this.acks.set(frame.s, frame);
        if (frame.seq >= (this.owed.get(frame.s) ?? Infinity)) this.settled(frame.s);
      }
      if (frame.op === 'read') this.outbox.add(frame);
      else if (frame.op === 'ping') {
        // We are the ones who are silent.
        if (!this.isAsking) this.ports.frames([]);
      } else if (frame.op === 'follow' || frame.op === 'unfollow') {
        const message = `${frame.op} ${frame.s}: not possible over long poll`;
        this.ports.frames([{ op: 'error', id: frame.id, code: 'CLIENT_TRANSPORT', message }]);
      }
    }
  }

  /** Who waits for this is about to close: no more polls. */
  flush(): Promise<void> {
    this.isHeld = true;
    return this.post();
  }

  private post(): Promise<void> {
    for (const ack of this.acks.values()) this.outbox.add(ack);
    this.acks.clear();
    return this.outbox.flush();
  }

  hold(isHeld: boolean): void {
    this.isHeld = isHeld;
    this.wake();
  }

  close(): void {
    this.isClosed = true;
    this.poll.abort();
    this.hold(false);
    void this.post().then(() => this.outbox.close());
  }

  private async ask(waitMs: number, after: string | undefined): Promise<PollAnswer> {
    const query: [string, string][] = [['waitMs', `${waitMs}`]];
    if (after !== undefined) query.push(['after', after]);
    this.acks.clear();
    this.owed.clear();
    this.ports.opened();
    this.isAsking = true;
    this.poll = new AbortController();
    const answer = await this.door.get('poll', query, this.poll.signal);
    const text = await readText(answer, LONGEST_ANSWER_CHARS);
    this.isAsking = false;
    return readAnswer(text);
  }

  /** Streams known before, and those that have entries here: they begin right before the first of them. */
  private greet({ streams, firsts, isReset }: PollAnswer, known: Record<StreamName, Position>): void {
    const names = new Set([...Object.keys(known), ...firsts.keys()]);
    const guess = [...names].map((name): [StreamName, StreamInfo] => {
      const position = Object.hasOwn(known, name) ? known[name] : undefined;
      const from = firsts.get(name) ?? (isReset ? 0 : (position?.seq ?? 0));
      const epoch = (isReset ? undefined : position?.epoch) ?? UNKNOWN_EPOCH;
      return [name, { epoch, head: from, from, recovery: isReset ? 'reset' : 'complete' }];
    });
    const all = streams ?? Object.fromEntries(guess);
    for (const name of Object.keys(all)) this.told.add(name);
    this.ports.frames([{ op: 'connected', connection: '', node: '', heartbeatMs: HEARTBEAT_MS, streams: all }]);
  }

  private take({ followed, moves, firsts, others }: PollAnswer): void {
    for (const frame of followed) this.told.add((frame as { s: StreamName }).s);
    const met: unknown[] = [];
    for (const [s, from] of firsts) {
      if (this.told.has(s)) continue;
      this.told.add(s);
      met.push({ op: 'followed', s, epoch: UNKNOWN_EPOCH, head: from, from, recovery: 'complete' });
    }
    for (const { s, to } of moves) this.owed.set(s, Math.max(to, this.owed.get(s) ?? 0));
    this.ports.frames([...followed, ...met, ...moves.map(({ frame }) => frame), ...others]);
    for (const frame of others) {
      const { op, s } = (frame ?? {}) as { op?: unknown; s?: StreamName };
      if (op === 'unfollowed' && s !== undefined) this.settled(s);
    }
  }

  /** Nothing more of the stream is waited for. */
  private settled(stream: StreamName): void {
    if (this.owed.delete(stream) && this.owed.size === 0) this.wake();
  }

  private async untilSettled(): Promise<void> {
    const { clock } = this.ports;
    const until = clock.now() + STUCK_MS;
    while (this.owed.size > 0 && clock.now() < until && !this.isClosed) await this.sleep(until - clock.now());
  }

  private sleep(ms?: number): Promise<void> {
    const { clock } = this.ports;
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : clock.setTimeout(resolve, ms);
      this.wake = () => {
        clock.clearTimeout(timer);
        resolve();
      };
    });
  }
}
