// A raw TCP client for protocols that are no WebSocket: what has arrived is handed to the protocol, which says how much of it
// was whole. The rest waits for more.
import net from 'node:net';

const NONE = Buffer.alloc(0);

export class ByteConnection {
  closed = false;
  rest = NONE;

  /** `protocol` gets `opened`, `bytes(connection, buffer)` → bytes used, `readDone` and `broken`. */
  constructor({ port, path, index, protocol }) {
    this.index = index;
    this.protocol = protocol;
    this.path = path;
    this.port = port;
    this.socket = net.connect({ host: '127.0.0.1', port, noDelay: true });
    this.socket.on('connect', () => protocol.opened(this));
    this.socket.on('data', (chunk) => this.read(chunk));
    this.socket.on('error', (error) => this.end(error.message));
    this.socket.on('close', () => this.end('closed by the server'));
  }

  end(why) {
    if (this.closed) return;
    this.closed = true;
    this.protocol.broken(this, why);
  }

  destroy() {
    this.closed = true;
    this.socket.destroy();
  }

  read(chunk) {
    const all = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const used = this.protocol.bytes(this, all);
    this.rest = used === all.length ? NONE : Buffer.from(all.subarray(used));
    this.protocol.readDone(this);
  }
}
