import type { Clock } from '../../clock/clock.js';
import type { CloseReason } from '../../close-reasons.js';
import type { SharedFrame } from '../../transports/shared-frame.js';
import type { Link, LinkHandler } from '../../transports/transport.js';
import type { ClientFrame, ServerFrame } from '../../wire.js';

/** The device's end of a link. */
export interface DeviceEnd {
  arrived(frame: ServerFrame): void;
  /** The server closed the link, and the device has heard of it. */
  ended(reason: CloseReason): void;
}

/**
 * One link in memory. Nothing is lost on it, and nobody is called back within their own call.
 *
 *   open → silent (half-open): nothing gets through in either direction, and neither side is told
 *        → over, from either of the two: closed by the server, or dropped, which both sides notice
 */
export class MemoryLink implements Link {
  readonly transport = 'memory';
  readonly resends = 'in place';
  readonly lingerMs = 0;
  /** Why the server closed it, whether the device has heard of that or not. */
  closedBy?: CloseReason;
  private handler?: LinkHandler;
  private isSilent = false;
  private isOver = false;

  constructor(
    private readonly clock: Clock,
    private readonly device: DeviceEnd,
  ) {}

  attach(handler: LinkHandler): void {
    this.handler = handler;
  }

  // ---- the engine's side

  send(frames: readonly SharedFrame[]): void {
    if (this.isOver) return;
    for (const { text } of frames) {
      for (const line of text.split('\n'))
        this.later(() => this.isOver || this.device.arrived(JSON.parse(line) as ServerFrame));
    }
  }

  bufferedBytes(): number {
    return 0;
  }

  ping(): void {
    this.later(() => this.isOver || this.handler?.alive());
  }

  close(reason: CloseReason): void {
    if (this.isOver || this.closedBy) return;
    this.closedBy = reason;
    // What was sent before still arrives.
    this.later(() => {
      if (this.isOver) return;
      this.isOver = true;
      this.device.ended(reason);
    });
    this.clock.soon(() => this.handler?.closed());
  }

  // ---- the device's side

  transmit(frame: ClientFrame): void {
    if (this.isOver || this.closedBy) return;
    this.later(() => this.isOver || this.handler?.received(JSON.stringify(frame)));
  }

  // ---- what happens to it

  drop(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.isSilent = false;
    if (!this.closedBy) this.clock.soon(() => this.handler?.closed());
  }

  fallSilent(): void {
    this.isSilent = true;
  }

  /** In order, unless the link has fallen silent by then. */
  private later(run: () => unknown): void {
    if (this.isSilent) return;
    this.clock.soon(() => {
      if (!this.isSilent) run();
    });
  }
}
