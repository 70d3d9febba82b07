import type { CloseReason } from '../close-reasons.js';
import type { SharedFrame } from './shared-frame.js';

/**
 * The write side of one link to a device. Frames leave in the order of the calls; nothing is promised about their
 * arrival, that is what acknowledgements are for. After `close` every call is without effect.
 */
export interface Link {
  /** For events and metrics: `websocket`, … */
  readonly transport: string;
  /** Hands the frames to the socket, in one write where it can. */
  send(frames: readonly SharedFrame[]): void;
  /** Bytes handed over that the socket has not taken yet. When they fall to 0 the transport calls `LinkHandler.drained`. */
  bufferedBytes(): number;
  /** Asks the other side for a sign of life; it arrives as `LinkHandler.alive`. */
  ping(): void;
  /** Ends the link; what was sent before still leaves if the other side takes it in time. `closed` follows. */
  close(reason: CloseReason): void;
}

/** The core's side of a link. A transport calls it from any turn; it never throws. */
export interface LinkHandler {
  /** One or more frames as text, a JSON object a line. */
  received(text: string): void;
  /** A sign of life without content. */
  alive(): void;
  /** The socket has taken everything. */
  drained(): void;
  /** The other side broke the transport's rules; the link is closed with this reason. */
  violated(reason: CloseReason): void;
  /** The link is gone. Called exactly once, last. */
  closed(): void;
}

/** How a link arrives: what the transport knows before the first frame. */
export interface Arrival {
  /** Credentials that came with the link; then `connect` needs none. */
  readonly token?: string;
}
