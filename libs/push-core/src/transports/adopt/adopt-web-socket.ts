import type { CloseReason } from '../../close-reasons.js';
import { LIMITS } from '../../model/limits.js';
import type { Identity } from '../../online/authenticator.js';
import type { Push } from '../../push.js';
import type { Codec, SharedFrame } from '../shared-frame.js';
import { UntakenBytes } from '../socketio/untaken-bytes.js';
import type { Link, LinkHandler } from '../transport.js';
import { arrivalOf, type AdoptOptions, type Adoption } from './adoption.js';
import { framesIn, messagesOf, type Envelope } from './host-messages.js';

/** What is used of a `ws` WebSocket; one of another copy of the package fits too. */
export interface WebSocketSlice {
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(data: Buffer, options: { binary: boolean }, done: () => void): void;
  ping(): void;
  close(code?: number, reason?: string): void;
  on(event: string, listener: (...args: never[]) => void): unknown;
  off(event: string, listener: (...args: never[]) => void): unknown;
}

export interface AdoptWebSocketOptions extends AdoptOptions {
  /** Default `plain`: a text frame is one object with `op`. `event`: `{"event":"push","data":{…}}`, as Nest's WsAdapter has it. */
  envelope?: Envelope;
}

const OPEN = 1;
const CODECS: Readonly<Record<Envelope, Codec<readonly Buffer[]>>> = {
  plain: { encode: (text) => messagesOf(text, 'plain').map((message) => Buffer.from(message)) },
  event: { encode: (text) => messagesOf(text, 'event').map((message) => Buffer.from(message)) },
};

/** Writes by `send`, as the host does: whole messages never interleave. */
class AdoptedWebSocketLink implements Link {
  readonly transport = 'websocket';
  readonly resends = 'in place';
  readonly lingerMs = 0;
  handler?: LinkHandler;
  private readonly untaken = new UntakenBytes(() => this.handler?.drained());

  constructor(
    private readonly socket: WebSocketSlice,
    private readonly codec: Codec<readonly Buffer[]>,
    private readonly end: (reason: CloseReason) => void,
  ) {}

  send(frames: readonly SharedFrame[]): void {
    const { socket, untaken } = this;
    if (socket.readyState !== OPEN) return;
    for (const frame of frames) {
      for (const message of frame.encodedBy(this.codec)) {
        untaken.handed(message.length);
        socket.send(message, { binary: false }, untaken.taken);
      }
    }
  }

  bufferedBytes(): number {
    return this.untaken.count(this.socket.bufferedAmount);
  }

  ping(): void {
    if (this.socket.readyState === OPEN) this.socket.ping();
  }

  close(reason: CloseReason): void {
    this.end(reason);
  }
}

/**
 * Delivers over a `ws` socket that the host authenticated, beside the host's own messages: ours are JSON objects whose
 * `op` the protocol knows, all else is left alone and never answered. Give the identity its `issuedAt`: without one, a
 * user that was ever revoked is refused. A connect that is not right, without a device for instance, is
 * answered with `error`, and closed: it may be the client's doing.
 */
export function adoptWebSocket(
  push: Push,
  socket: WebSocketSlice,
  identity: Identity,
  options: AdoptWebSocketOptions = {},
): Adoption {
  const { envelope = 'plain', atEnd = 'close' } = options;
  const arrival = arrivalOf(identity, options);
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    socket.off('message', message);
    socket.off('pong', alive);
    socket.off('close', end);
    socket.off('error', ignore);
    // The socket may live on, and take what was written before.
    link.handler = undefined;
    handler.closed();
  };
  const link = new AdoptedWebSocketLink(socket, CODECS[envelope], ({ code, reason }) => {
    if (atEnd === 'keep') end();
    else if (!ended) socket.close(code, reason);
  });
  const handler = (link.handler = push.accept(link, arrival));
  const message = (data: unknown, isBinary: boolean): void => {
    const isText = !isBinary && Buffer.isBuffer(data) && data.length <= LIMITS.clientFrameBytes;
    const frames = isText ? framesIn(data.toString(), envelope) : '';
    if (frames === '') handler.alive();
    else handler.received(frames);
  };
  const alive = (): void => handler.alive();
  /** `close` follows. Without a listener of the host's an error would end the process. */
  const ignore = (): void => undefined;
  socket.on('message', message);
  socket.on('pong', alive);
  socket.on('close', end);
  socket.on('error', ignore);
  if (socket.readyState !== OPEN) end();
  return { end };
}
