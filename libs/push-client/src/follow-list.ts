import type { ErrorFrame, FollowFrame, OkFrame, StreamInfo, StreamName, UnfollowFrame } from 'push-core/wire';
import type { Clock, Timer } from './clock.js';
import { type Deferred, deferred } from './deferred.js';
import { PushClientError } from './errors.js';

const ANSWER_WAIT_MS = 10_000;

interface Ask {
  op: 'follow' | 'unfollow';
  stream: StreamName;
  /** Absent where nobody waits: a topic of the options, or one followed again after a reconnect. */
  waiter?: Deferred<void>;
  timer?: Timer;
}

export interface FollowListPorts {
  clock: Clock;
  /** The frame without its id; the list adds that. */
  frameFor(op: Ask['op'], stream: StreamName): FollowFrame | UnfollowFrame;
  send(frame: FollowFrame | UnfollowFrame): void;
  followed(stream: StreamName, info: StreamInfo): void;
  left(stream: StreamName): void;
  report(error: PushClientError): void;
}

/**
 * The topics this device wants by its own choice, and the questions about them that the server has not answered.
 *
 * A question lives across connections until it is answered: it is *open* while there is no connection, *sent* while there
 * is one, open again when that breaks. On a new connection a question whose outcome already holds is answered by
 * `connected.streams`. A sent one not answered in 10 s fails with `CLIENT_TIMEOUT`.
 */
export class FollowList {
  private readonly wanted: Set<StreamName>;
  private readonly open = new Set<Ask>();
  private readonly sent = new Map<number, Ask>();
  private isOnline = false;
  private lastId = 0;

  constructor(
    topics: readonly StreamName[],
    private readonly ports: FollowListPorts,
  ) {
    this.wanted = new Set(topics);
  }

  topics(): StreamName[] {
    return [...this.wanted];
  }

  wants(stream: StreamName): boolean {
    return this.wanted.has(stream);
  }

  follow(stream: StreamName): Promise<void> {
    this.wanted.add(stream);
    return this.ask('follow', stream);
  }

  unfollow(stream: StreamName): Promise<void> {
    this.wanted.delete(stream);
    return this.ask('unfollow', stream);
  }

  /** `streams`: what the server follows for this device already. */
  online(streams: Iterable<StreamName>): void {
    this.isOnline = true;
    const held = new Set(streams);
    for (const ask of this.open) {
      const holds = held.has(ask.stream) === (ask.op === 'follow');
      if (holds) this.settle(ask);
      else this.send(ask);
      if (ask.op === 'follow') held.add(ask.stream);
      else held.delete(ask.stream);
    }
    this.open.clear();
    for (const stream of this.wanted) {
      if (!held.has(stream)) this.send({ op: 'follow', stream });
    }
  }

  offline(): void {
    this.isOnline = false;
    for (const ask of this.sent.values()) {
      this.ports.clock.clearTimeout(ask.timer);
      if (ask.waiter !== undefined) this.open.add(ask);
    }
    this.sent.clear();
  }

  answered(frame: OkFrame): void {
    const ask = this.take(frame.id);
    if (ask === undefined) return;
    const { epoch, head = 0, from, recovery = 'complete', lost } = frame;
    if (ask.op === 'unfollow') this.ports.left(ask.stream);
    else if (epoch !== undefined && from !== undefined) {
      this.ports.followed(ask.stream, { epoch, head, from, recovery, lost });
    }
    this.settle(ask);
  }

  /** True where the error answers one of our questions. */
  refused(frame: ErrorFrame): boolean {
    const ask = this.take(frame.id);
    if (ask === undefined) return false;
    const error = new PushClientError(frame.code, frame.message || `${ask.op} ${ask.stream}: ${frame.code}`);
    // The caller was told no; a topic of the options is asked for again on the next connection (the token may allow it).
    if (ask.op === 'follow' && ask.waiter !== undefined) this.wanted.delete(ask.stream);
    this.settle(ask, error);
    return true;
  }

  abandon(error: PushClientError): void {
    this.offline();
    for (const ask of this.open) this.settle(ask, error);
    this.open.clear();
  }

  private ask(op: Ask['op'], stream: StreamName): Promise<void> {
    const waiter = deferred<void>();
    const ask: Ask = { op, stream, waiter };
    if (this.isOnline) this.send(ask);
    else this.open.add(ask);
    return waiter.promise;
  }

  private send(ask: Ask): void {
    const id = (this.lastId += 1);
    this.sent.set(id, ask);
    ask.timer = this.ports.clock.setTimeout(() => {
      this.sent.delete(id);
      this.settle(ask, new PushClientError('CLIENT_TIMEOUT', `${ask.op} ${ask.stream}: no answer`));
    }, ANSWER_WAIT_MS);
    this.ports.send({ ...this.ports.frameFor(ask.op, ask.stream), id });
  }

  private take(id: number | undefined): Ask | undefined {
    if (id === undefined) return undefined;
    const ask = this.sent.get(id);
    this.sent.delete(id);
    if (ask !== undefined) this.ports.clock.clearTimeout(ask.timer);
    return ask;
  }

  private settle(ask: Ask, error?: PushClientError): void {
    if (error === undefined) ask.waiter?.resolve();
    else if (ask.waiter !== undefined) ask.waiter.reject(error);
    else this.ports.report(error);
  }
}
