import type { ClientFrame, FollowFrame, StreamName, UnfollowFrame } from 'push-core/wire';
import type { Clock } from '../clock.js';
import { EventReader } from './event-reader.js';
import { type HttpDoor, endOf, readBody } from './http-door.js';
import type { Outbox } from './outbox.js';
import type { Hello, Wire, WirePorts } from '../transports/wire.js';

/** What the route takes; others that were followed before are kept by the server. */
const MOST_TOPICS = 100;
/** Events handed over before it is asked whether there is room for more. */
const PORTION = 64;
/** How soon handlers that were behind are looked at again. */
const CROWDED_MS = 50;

/**
 * Server-sent events over `fetch`, which unlike `EventSource` can send a token and be told why it was refused.
 *
 * `Last-Event-ID` is never sent: it would acknowledge what was received but not handled. The server continues from the
 * device's own cursor; what comes twice is recognised. Nor does the server wait for acknowledgements before it sends more:
 * while handlers are behind, the stream is not read, and the connection's own flow control holds it up. A topic is followed by beginning the stream anew with it, and the
 * new stream's `connected` is the answer.
 */
export class SseWire implements Wire {
  readonly transport = 'sse';
  private readonly topics = new Set<StreamName>();
  private stream = new AbortController();
  /** The server has said what it follows since the stream began. */
  private isGreeted = false;
  /** Nothing is read for now. */
  private isPaused = false;

  constructor(
    private readonly door: HttpDoor,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly ports: WirePorts,
  ) {}

  async open(hello: Hello): Promise<void> {
    this.door.enter(hello.connect());
    for (const topic of hello.follow()) this.topics.add(topic);
    await this.listen();
  }

  send(frames: readonly ClientFrame[]): void {
    for (const frame of frames) {
      if (frame.op === 'ack' || frame.op === 'read') this.outbox.add(frame);
      else if (frame.op === 'follow') this.follow(frame);
      else if (frame.op === 'unfollow') this.refuse(frame, 'CLIENT_TRANSPORT');
      // There is nothing to ask a server that cannot be heard, except when it is us who do not listen.
      else if (frame.op === 'ping' && this.isPaused) this.ports.frames([]);
    }
  }

  flush(): Promise<void> {
    return this.outbox.flush();
  }

  /** The stream is there or not; it asks for nothing by itself. */
  hold(): void {}

  close(): void {
    this.stream.abort();
    void this.outbox.close();
  }

  private async listen(): Promise<void> {
    this.stream.abort();
    const { signal } = (this.stream = new AbortController());
    this.isGreeted = false;
    this.ports.opened();
    const query = [...this.topics].slice(-MOST_TOPICS).map((topic): [string, string] => ['follow', topic]);
    try {
      const answer = await this.door.get('sse', query, signal);
      const reader = new EventReader();
      await readBody(answer, async (text) => {
        if (!signal.aborted) await this.take(reader.read(text), signal);
        return !signal.aborted;
      });
      if (!signal.aborted) this.ports.ended({ code: 1006, reason: 'the stream ended' });
    } catch (error) {
      if (!signal.aborted) this.ports.ended(endOf(error));
    }
  }

  private async take(events: string[] | undefined, signal: AbortSignal): Promise<void> {
    if (events === undefined) {
      this.ports.bad('an event without end');
      this.ports.ended({ code: 1006, reason: 'an event without end' });
      return;
    }
    if (events.length > 0) this.isGreeted = true;
    for (let at = 0; at <= events.length && !signal.aborted; at += PORTION) {
      this.ports.frames(events.slice(at, at + PORTION));
      while (this.ports.isCrowded() && !signal.aborted) await this.pause();
    }
  }

  private async pause(): Promise<void> {
    this.isPaused = true;
    await new Promise((resolve) => this.clock.setTimeout(() => resolve(undefined), CROWDED_MS));
    this.isPaused = false;
  }

  private follow(frame: FollowFrame): void {
    if (!this.topics.has(frame.s)) {
      this.topics.add(frame.s);
      void this.listen();
    } else if (this.isGreeted) this.refuse(frame, 'NOT_ALLOWED');
  }

  /** Not asked for again when the stream begins anew for another topic. */
  private refuse({ op, id, s }: FollowFrame | UnfollowFrame, code: string): void {
    this.topics.delete(s);
    this.ports.frames([{ op: 'error', id, code, message: `${op} ${s}: not possible over server-sent events` }]);
  }
}
