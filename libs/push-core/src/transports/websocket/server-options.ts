import { LIMITS } from '../../model/limits.js';
import { SUBPROTOCOL } from './door.js';

/** What a `WebSocketServer` of `ws` is made with, so that it takes no more than the protocol allows. */
export const webSocketServerOptions = Object.freeze({
  maxPayload: LIMITS.clientFrameBytes,
  perMessageDeflate: false as const,
  /** Ours, of however many a client offers. */
  handleProtocols: (offered: ReadonlySet<string>): string | false => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
});
