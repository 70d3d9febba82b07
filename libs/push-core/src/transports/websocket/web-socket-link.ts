import type { Duplex } from 'node:stream';
import type { CloseReason } from '../../close-reasons.js';
import type { SharedFrame } from '../shared-frame.js';
import type { Link } from '../transport.js';
import { OPEN, type AcceptedSocket } from './accepted-socket.js';
import { webSocketCodec } from './codec.js';

/**
 * Frames that were encoded once for many clients go to the TCP socket as they are, beside `ws`, which writes whole
 * frames synchronously as long as compression is off: frames never interleave.
 */
export class WebSocketLink implements Link {
  readonly transport = 'websocket';
  readonly resends = 'in place';
  readonly lingerMs = 0;

  constructor(
    private readonly socket: AcceptedSocket,
    private readonly tcp: Duplex,
  ) {}

  send(frames: readonly SharedFrame[]): void {
    const { tcp } = this;
    if (this.socket.readyState !== OPEN) return;
    if (frames.length === 1) {
      tcp.write((frames[0] as SharedFrame).encodedBy(webSocketCodec));
      return;
    }
    tcp.cork();
    for (const frame of frames) tcp.write(frame.encodedBy(webSocketCodec));
    tcp.uncork();
  }

  bufferedBytes(): number {
    return this.tcp.writableLength;
  }

  ping(): void {
    if (this.socket.readyState === OPEN) this.socket.ping();
  }

  close(reason: CloseReason): void {
    this.socket.close(reason.code, reason.reason);
  }
}
