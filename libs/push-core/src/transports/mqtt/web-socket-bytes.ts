import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { ByteListener, ByteSocket } from './byte-socket.js';

const FIN_BINARY = 0x82;
const UNSUPPORTED_DATA = 1003;

/**
 * MQTT inside binary frames, whose borders mean nothing. Frames go to the TCP socket beside `ws`, which writes whole
 * frames synchronously as long as compression is off: one small header a write, the packets as they are.
 */
export class WebSocketBytes implements ByteSocket {
  constructor(
    private readonly socket: WebSocket,
    private readonly tcp: Duplex,
    readonly address?: string,
  ) {
    socket.on('error', () => undefined);
  }

  listen(listener: ByteListener): void {
    const { socket, tcp } = this;
    socket.on('message', (data: unknown, isBinary: boolean) => {
      if (isBinary) listener.arrived(data as Buffer);
      else socket.close(UNSUPPORTED_DATA, 'MQTT travels in binary frames');
    });
    tcp.on('drain', () => listener.drained());
    socket.once('close', () => listener.closed());
    if (socket.readyState === socket.CLOSED) listener.closed();
  }

  write(pieces: readonly Buffer[]): void {
    const { socket, tcp } = this;
    if (socket.readyState !== socket.OPEN) return;
    let length = 0;
    for (const piece of pieces) length += piece.length;
    tcp.cork();
    tcp.write(frameHeader(length));
    for (const piece of pieces) tcp.write(piece);
    tcp.uncork();
  }

  bufferedBytes(): number {
    return this.tcp.writableLength;
  }

  end(): void {
    this.socket.close(1000);
  }

  destroy(): void {
    this.socket.terminate();
  }
}

/** RFC 6455, section 5.2. */
function frameHeader(length: number): Buffer {
  if (length < 126) return Buffer.of(FIN_BINARY, length);
  if (length < 65_536) return Buffer.of(FIN_BINARY, 126, length >>> 8, length & 0xff);
  const header = Buffer.alloc(10);
  header[0] = FIN_BINARY;
  header[1] = 127;
  header.writeUInt32BE(length, 6);
  return header;
}
