import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A comment, which every client drops. */
const PING = Buffer.from(':\n\n');

/**
 * The body of an event stream. It ends with its connection (RFC 9112, section 6.3): without a length and without chunked
 * coding its bytes are the same for every client, and go to the socket as they are, in one write, beside the response. Where
 * the response does not have the socket for itself (HTTP/2, or pipelined behind another) they go through the response.
 */
export class EventStream {
  /** Once the socket is the stream's own. */
  private socket?: Socket;

  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
  ) {}

  /** Status line and headers leave in one write with the first events. */
  open(first: readonly Buffer[], drained: () => void): void {
    const { request, response } = this;
    response.statusCode = 200;
    response.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
    // no-transform: a compressing proxy, or middleware of the host, would hold events back.
    response.setHeader('Cache-Control', 'no-store, no-transform');
    response.setHeader('X-Accel-Buffering', 'no');
    if (request.httpVersionMajor === 1) {
      response.setHeader('Connection', 'close');
      response.removeHeader('Transfer-Encoding');
      this.socket = response.socket ?? undefined;
    }
    (this.socket ?? response).on('drain', drained);
    this.socket?.cork();
    response.flushHeaders();
    this.write(first);
    this.socket?.uncork();
  }

  write(chunks: readonly Buffer[]): void {
    const { socket } = this;
    if (!socket) this.response.write(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
    else if (chunks.length === 1) socket.write(chunks[0] as Buffer);
    else {
      socket.cork();
      for (const chunk of chunks) socket.write(chunk);
      socket.uncork();
    }
  }

  /** `taken` runs once the socket has taken it. */
  ping(taken: () => void): void {
    (this.socket ?? this.response).write(PING, (error) => {
      if (!error) taken();
    });
  }

  /** Bytes the socket has not taken yet. */
  get waiting(): number {
    return (this.socket ?? this.response).writableLength;
  }

  end(): void {
    this.response.end();
  }

  cut(): void {
    this.request.socket.destroy();
  }
}
