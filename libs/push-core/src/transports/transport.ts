import type { CloseReason } from '../close-reasons.js';
import type { Identity } from '../online/authenticator.js';
import type { ConnectFrame } from '../wire.js';
import type { SharedFrame } from './shared-frame.js';

/**
 * The write side of one link to a device. Frames leave in the order of the calls; nothing is promised about their
 * arrival, that is what acknowledgements are for. After `close` every call is without effect. The core calls none of it
 * before `Push.accept` has returned.
 */
export interface Link {
  /** For events and metrics: `websocket`, … */
  readonly transport: string;
  /**
   * What becomes of entries that wait too long for their acknowledgement. `in place`: they are sent again on this link.
   * `on return`: a transport that cannot say anything twice, or whose client acknowledges when it comes back; the link
   * is closed with 3001 after the same time, and the entries are sent on the next one.
   */
  readonly resends: 'in place' | 'on return';
  /** How long after its end the device counts as connected: 0 but for links that come and go. Milliseconds. */
  readonly lingerMs: number;
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

/** What a transport knows in place of the client's `connect` frame. */
export interface Connect extends Pick<ConnectFrame, 'resume'> {
  readonly device?: string;
  /** Unacknowledged entries of one stream outstanding; Infinity where acknowledgements come with the next link. */
  readonly window?: number;
  /** Topics to follow, as `follow` frames would ask. */
  readonly follow?: readonly string[];
}

/** How a link arrives: what the transport knows before the first frame. */
export interface Arrival {
  /** Credentials that came with the link; then `connect` needs none. */
  readonly token?: string;
  /** Who it is, where that was verified already: by `Push.identify`, or by the host itself. No token is asked for. */
  readonly identity?: Identity;
  /** The client's address (`Push.addressOf`), for the limit per address. */
  readonly address?: string;
  /** The link connects at once; a `connect` frame would be one too many. Else the first frame must be `connect`. */
  readonly connect?: Connect;
}
