import type { Socket } from 'node:net';
import { plainAddress } from '../client-address.js';
import type { ByteListener, ByteSocket } from './byte-socket.js';

/** A silent peer that has gone is noticed by the operating system some time after this. */
const PROBE_AFTER_MS = 60_000;

export class TcpSocket implements ByteSocket {
  readonly address?: string;

  constructor(private readonly socket: Socket) {
    this.address = plainAddress(socket.remoteAddress);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, PROBE_AFTER_MS);
    // `close` follows every error.
    socket.on('error', () => socket.destroy());
  }

  listen(listener: ByteListener): void {
    const { socket } = this;
    socket.on('data', (chunk: Buffer) => listener.arrived(chunk));
    socket.on('drain', () => listener.drained());
    socket.once('close', () => listener.closed());
    if (socket.closed) listener.closed();
  }

  write(pieces: readonly Buffer[]): void {
    const { socket } = this;
    if (!socket.writable) return;
    if (pieces.length === 1) {
      socket.write(pieces[0] as Buffer);
      return;
    }
    socket.cork();
    for (const piece of pieces) socket.write(piece);
    socket.uncork();
  }

  bufferedBytes(): number {
    return this.socket.writableLength;
  }

  end(): void {
    this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }
}
