import { WebSocket } from 'ws';
import { CLOSE } from '../../close-reasons.js';
import type { LinkHandler } from '../transport.js';

const TOO_BIG = 1009;
const BAD_TEXT = 1007;

/**
 * A `ws` socket whose listeners are shared functions, so that an idle link costs no closures, and which names a broken
 * rule in our own words: `ws` closes by itself with 1009 and 1007.
 */
export class PushSocket extends WebSocket {
  handler?: LinkHandler;

  join(handler: LinkHandler): void {
    this.handler = handler;
    this.on('message', onMessage);
    this.on('pong', onPong);
    this.on('close', onClose);
    this.on('error', onError);
  }

  override close(code?: number, reason?: string | Buffer): void {
    if (code === TOO_BIG) this.handler?.violated(CLOSE.frameTooLarge);
    else if (code === BAD_TEXT) this.handler?.violated(CLOSE.badFrame);
    else super.close(code, reason);
  }
}

function onMessage(this: WebSocket, data: unknown, isBinary: boolean): void {
  const { handler } = this as PushSocket;
  if (isBinary) handler?.violated(CLOSE.badFrame);
  else handler?.received((data as Buffer).toString());
}

function onPong(this: WebSocket): void {
  (this as PushSocket).handler?.alive();
}

function onClose(this: WebSocket): void {
  (this as PushSocket).handler?.closed();
}

/** `close` follows every error; there is nothing else to do about a link that broke. */
function onError(): void {}
