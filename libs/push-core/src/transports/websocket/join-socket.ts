import type { Duplex } from 'node:stream';
import { CLOSE } from '../../close-reasons.js';
import { LIMITS } from '../../model/limits.js';
import type { Push } from '../../push.js';
import type { Arrival, LinkHandler } from '../transport.js';
import type { AcceptedSocket } from './accepted-socket.js';
import { WebSocketLink } from './web-socket-link.js';

const TOO_BIG = 1009;
const BAD_TEXT = 1007;
const HANDLER = Symbol('push.handler');
type Joined = AcceptedSocket & { [HANDLER]?: LinkHandler };

/** Whether the socket has its link already. */
export const isJoined = (socket: AcceptedSocket): boolean => HANDLER in socket;

/**
 * Gives an open socket to the engine: from here on nobody else may write to it. Listeners are shared functions, so that an
 * idle link costs no closures. Apart from the upgrade, so that no listener keeps its request and its headers alive.
 */
export function joinSocket(push: Push, socket: AcceptedSocket, tcp: Duplex, arrival: Arrival): void {
  const handler = push.accept(new WebSocketLink(socket, tcp), arrival);
  (socket as Joined)[HANDLER] = handler;
  socket.close = closeInOurWords;
  socket.on('message', onMessage);
  socket.on('pong', onPong);
  socket.on('close', onClose);
  socket.on('error', onError);
  tcp.on('drain', () => handler.drained());
}

/** `ws` closes by itself, with 1009 and 1007, where a rule is broken that has a code of its own here. */
function closeInOurWords(this: Joined, code?: number, reason?: string | Buffer): void {
  if (code === TOO_BIG) this[HANDLER]?.violated(CLOSE.frameTooLarge);
  else if (code === BAD_TEXT) this[HANDLER]?.violated(CLOSE.badFrame);
  else (Object.getPrototypeOf(this) as AcceptedSocket).close.call(this, code, reason);
}

/** The size is looked at here too: whoever made the server may have set no limit, or another one. */
function onMessage(this: Joined, data: Buffer, isBinary: boolean): void {
  const handler = this[HANDLER];
  if (data.length > LIMITS.clientFrameBytes) handler?.violated(CLOSE.frameTooLarge);
  else if (isBinary) handler?.violated(CLOSE.badFrame);
  else handler?.received(data.toString());
}

function onPong(this: Joined): void {
  this[HANDLER]?.alive();
}

function onClose(this: Joined): void {
  this[HANDLER]?.closed();
}

/** `close` follows every error; there is nothing else to do about a link that broke. */
function onError(): void {}
