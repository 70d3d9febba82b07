import { createServer, type Server, type Socket } from 'node:net';
import { CLOSE, LIMITS, type CloseReason, type Codec, type Link, type Push, type SharedFrame } from 'push-core';

/** A frame and the newline that ends it: the same bytes for every client, so they are made once. */
const lineCodec: Codec = { encode: (text) => Buffer.from(`${text}\n`) };
/** A client that is told goodbye and does not leave is cut off after this. */
const GOODBYE_MS = 2000;

class TcpLink implements Link {
  readonly transport = 'tcp';
  readonly resends = 'in place';
  readonly lingerMs = 0;

  constructor(private readonly socket: Socket) {}

  send(frames: readonly SharedFrame[]): void {
    this.socket.cork();
    for (const frame of frames) this.socket.write(frame.encodedBy(lineCodec));
    this.socket.uncork();
  }

  bufferedBytes(): number {
    return this.socket.writableLength;
  }

  /** An empty line asks for a sign of life; the client answers with one. */
  ping(): void {
    this.socket.write('\n');
  }

  /** The core has sent its `bye` before: the socket ends after it. */
  close(_reason: CloseReason): void {
    this.socket.end();
    const late = setTimeout(() => this.socket.destroy(), GOODBYE_MS);
    this.socket.once('close', () => clearTimeout(late));
  }
}

/** `push.v1.json` over bare TCP, a JSON object a line: `nc localhost 7401` is a client. Not encrypted; for a trusted network. */
export function serveTcp(push: Push, server: Server = createServer()): Server {
  return server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress;
    const refusal = push.refusal(address);
    if (refusal)
      return void socket.end(`${JSON.stringify({ op: 'error', code: refusal.code, message: refusal.message })}\n`);

    const handler = push.accept(new TcpLink(socket), { address });
    let rest = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LIMITS.clientFrameBytes) return handler.violated(CLOSE.frameTooLarge);
      for (const line of lines) {
        if (line.trim() === '') handler.alive();
        else handler.received(line);
      }
    });
    socket.on('drain', () => handler.drained());
    // `close` follows every error; there is nothing else to do about a link that broke.
    socket.on('error', () => undefined);
    socket.on('close', () => handler.closed());
  });
}
