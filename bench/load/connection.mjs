// A raw WebSocket client on a net socket, the same for every contender: it finds frames in what arrives and hands each
// message over as a range of bytes, without copying where a frame arrived whole. It writes masked frames with a mask of
// zeros: valid, and the masking costs the generator nothing.
import net from 'node:net';

const SHARED = Buffer.allocUnsafeSlow(1024 * 1024);
const NONE = Buffer.alloc(0);

export class Connection {
  upgraded = false;
  closed = false;
  /** Bytes of a frame that has not arrived whole, and how many the whole frame has (0: its header is not known yet). */
  rest = NONE;
  restHave = 0;
  restNeed = 0;

  /** `protocol` gets `opened`, `message(connection, bytes, start, end)`, `readDone` and `broken`. */
  constructor({ port, path, subprotocol, index, protocol }) {
    this.index = index;
    this.protocol = protocol;
    this.socket = net.connect({
      host: '127.0.0.1',
      port,
      noDelay: true,
      // One buffer for all sockets: it is read before anything else can be read into it.
      onread: { buffer: SHARED, callback: (size) => (this.read(size), true) },
    });
    this.socket.on('error', (error) => this.end(error.message));
    this.socket.on('close', () => this.end('closed by the server'));
    this.socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n` +
        `${subprotocol ? `Sec-WebSocket-Protocol: ${subprotocol}\r\n` : ''}\r\n`,
    );
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

  sendText(text) {
    const length = text.length; // all that is sent is ASCII
    if (length > 65_535) throw new Error('the generator sends small frames only');
    const head = length < 126 ? 6 : 8;
    const bytes = Buffer.alloc(head + length);
    bytes[0] = 0x81;
    if (head === 6) bytes[1] = 0x80 | length;
    else {
      bytes[1] = 0x80 | 126;
      bytes.writeUInt16BE(length, 2);
    }
    bytes.latin1Write(text, head);
    this.socket.write(bytes);
  }

  read(size) {
    let at = 0;
    if (!this.upgraded) {
      at = this.handshake(SHARED.subarray(0, size));
      if (at < 0) return;
    }
    if (this.restHave > 0) at = this.complete(at, size);
    if (at < size) this.frames(SHARED, at, size);
    this.protocol.readDone(this);
  }

  /** Where the frames begin, or -1 while the answer's head is not complete. */
  handshake(chunk) {
    const head = Buffer.concat([this.rest, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) {
      this.rest = Buffer.from(head);
      return -1;
    }
    const before = this.rest.length;
    this.rest = NONE;
    if (!head.subarray(0, 12).equals(Buffer.from('HTTP/1.1 101'))) {
      this.end(`upgrade refused: ${head.subarray(0, head.indexOf('\r\n')).toString()}`);
      this.socket.destroy();
      return -1;
    }
    this.upgraded = true;
    this.protocol.opened(this);
    return end + 4 - before;
  }

  /** Takes from SHARED what the unfinished frame lacks. */
  complete(at, size) {
    while (at < size && this.restNeed === 0) {
      // The header's bytes come one by one: it happens once in a while.
      this.rest[this.restHave++] = SHARED[at++];
      const whole = frameEnd(this.rest, 0, this.restHave);
      if (whole > 0) this.expect(whole);
    }
    if (this.restNeed === 0) return at;
    const take = Math.min(this.restNeed - this.restHave, size - at);
    SHARED.copy(this.rest, this.restHave, at, at + take);
    this.restHave += take;
    at += take;
    if (this.restHave === this.restNeed) {
      const frame = this.rest;
      const need = this.restNeed;
      this.rest = NONE;
      this.restHave = this.restNeed = 0;
      this.frames(frame, 0, need);
    }
    return at;
  }

  expect(whole) {
    const grown = Buffer.allocUnsafe(whole);
    this.rest.copy(grown, 0, 0, this.restHave);
    this.rest = grown;
    this.restNeed = whole;
  }

  frames(bytes, at, size) {
    while (at < size) {
      const end = frameEnd(bytes, at, size);
      if (end < 0 || end > size) {
        this.restHave = size - at;
        this.rest = Buffer.allocUnsafe(end < 0 ? 10 : end - at);
        this.restNeed = end < 0 ? 0 : end - at;
        bytes.copy(this.rest, 0, at, size);
        return;
      }
      const short = bytes[at + 1] & 0x7f;
      const start = at + (short < 126 ? 2 : short === 126 ? 4 : 10);
      switch (bytes[at]) {
        case 0x81:
        case 0x82:
          this.protocol.message(this, bytes, start, end);
          break;
        case 0x89:
          this.socket.write(Buffer.from([0x8a, 0x80, 0, 0, 0, 0]));
          break;
        case 0x8a:
          break;
        case 0x88:
          this.end(`closed with ${end - start >= 2 ? bytes.readUInt16BE(start) : 'no code'}`);
          break;
        default:
          this.end(`a frame that no contender sends: ${bytes[at].toString(16)}`);
      }
      at = end;
    }
  }
}

/** Where the frame that begins at `at` ends, or -1 while its header is not complete. Servers do not mask. */
function frameEnd(bytes, at, size) {
  if (size - at < 2) return -1;
  const short = bytes[at + 1] & 0x7f;
  if (short < 126) return at + 2 + short;
  if (short === 126) return size - at < 4 ? -1 : at + 4 + bytes.readUInt16BE(at + 2);
  return size - at < 10 ? -1 : at + 10 + bytes.readUInt32BE(at + 6);
}
