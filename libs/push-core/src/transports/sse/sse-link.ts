import type { Clock, Timer } from '../../clock/clock.js';
import { CLOSE, type CloseReason } from '../../close-reasons.js';
import type { PushError } from '../../errors.js';
import type { ByeFrame, ConnectedFrame, FollowedFrame, UnfollowedFrame } from '../../wire.js';
import { positionField } from '../cursor/cursor.js';
import { CursorTrail } from '../cursor/cursor-trail.js';
import { closeError } from '../http/close-error.js';
import { frameLines, type FrameLine } from '../http/frame-line.js';
import type { SharedFrame } from '../shared-frame.js';
import type { Link, LinkHandler } from '../transport.js';
import type { EventStream } from './event-stream.js';
import { eventText, sseCodec, type SseEvents } from './sse-events.js';

/** An EventSource comes back whatever it is told; one that was replaced must not take the device back at once. */
const REPLACED_RETRY_MS = 24 * 3600 * 1000;

/**
 * One device behind an event stream. It has nothing to say on it: it acknowledges with the id of the last event when it
 * comes back, or by `POST /v1/ack` in between.
 *
 *   waiting  nothing is answered before the core has admitted the device   → open on `connected`
 *                                                                          → over on `close`: the request is refused
 *   open     frames leave as events                                        → ending on `close`
 *   ending   what was written still leaves, for closeTimeoutMs at most     → over
 *   over     the client is gone, or was answered with an error. Final.
 */
export class SseLink implements Link {
  readonly transport = 'sse';
  readonly resends = 'on return';
  readonly lingerMs = 0;
  handler?: LinkHandler;
  private state: 'waiting' | 'open' | 'ending' | 'over' = 'waiting';
  /** What the core said before it admitted or refused the device. */
  private said: FrameLine[] = [];
  private readonly trail = new CursorTrail();
  private cutOff?: Timer;

  constructor(
    private readonly stream: EventStream,
    private readonly refuse: (error: PushError) => void,
    private readonly clock: Clock,
    private readonly closeTimeoutMs: number,
  ) {}

  send(frames: readonly SharedFrame[]): void {
    if (this.state === 'waiting') this.begin(frames);
    else if (this.state === 'open') this.stream.write(frames.map((frame) => this.bytesOf(frame)));
  }

  bufferedBytes(): number {
    return this.state === 'open' ? this.stream.waiting : 0;
  }

  ping(): void {
    if (this.state === 'open') this.stream.ping(() => this.handler?.alive());
  }

  close(reason: CloseReason): void {
    if (this.state === 'waiting') {
      this.refuse(closeError(reason, this.said));
      this.gone();
    } else if (this.state === 'open') {
      this.state = 'ending';
      this.stream.end();
      this.cutOff = this.clock.after(this.closeTimeoutMs, () => this.stream.cut());
    }
  }

  /** The request is over, whoever ended it. Idempotent. */
  gone(): void {
    if (this.state === 'over') return;
    this.state = 'over';
    this.cutOff?.cancel();
    this.handler?.closed();
  }

  private begin(frames: readonly SharedFrame[]): void {
    if (!frames.some(({ text }) => text.startsWith('{"op":"connected"'))) {
      for (const { text } of frames) this.said.push(...frameLines(text));
      return;
    }
    this.state = 'open';
    this.said = [];
    this.stream.open(
      frames.map((frame) => this.bytesOf(frame)),
      () => this.handler?.drained(),
    );
  }

  private bytesOf(frame: SharedFrame): Buffer {
    const events: SseEvents = frame.encodedBy(sseCodec);
    const { stream } = events;
    if (stream === undefined) return events.plain ? events.behind('') : this.lineByLine(events.lines);
    const prefix = this.trail.prefix(stream);
    if (prefix === undefined) return this.lineByLine(events.lines);
    this.trail.move(stream, events.to);
    return events.behind(prefix);
  }

  private lineByLine(lines: readonly FrameLine[]): Buffer {
    return Buffer.from(lines.map((line) => this.event(line)).join(''));
  }

  private event(line: FrameLine): string {
    switch (line.op) {
      case 'connected':
        this.trail.follow((JSON.parse(line.text) as ConnectedFrame).streams);
        return eventText(line);
      case 'followed': {
        const frame = JSON.parse(line.text) as FollowedFrame;
        this.trail.follow(Object.fromEntries([[frame.s, frame]]));
        return eventText(line);
      }
      case 'unfollowed':
        this.trail.leave((JSON.parse(line.text) as UnfollowedFrame).s);
        return eventText(line);
      case 'bye': {
        const { afterMs, code } = JSON.parse(line.text) as ByeFrame;
        const retryMs = code === CLOSE.replaced.code ? REPLACED_RETRY_MS : afterMs;
        return (retryMs === undefined ? '' : `retry: ${retryMs}\n`) + eventText(line);
      }
      default:
        return eventText(line, this.idOf(line));
    }
  }

  private idOf({ moves }: FrameLine): string | undefined {
    const prefix = moves && this.trail.prefix(moves.stream);
    if (prefix === undefined) return undefined;
    this.trail.move(moves!.stream, moves!.to);
    return prefix + positionField(moves!.stream, moves!.to);
  }
}
