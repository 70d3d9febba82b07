import type { IncomingMessage } from 'node:http';
import { PushError } from '../../errors.js';
import type { Push } from '../../push.js';
import { isAllowedOrigin } from '../origin.js';

export const SUBPROTOCOL = 'push.v1.json';

/** Why this request gets no link; undefined where nothing speaks against it. */
export function objection(
  push: Push,
  request: IncomingMessage,
  allowedOrigins: readonly string[],
): PushError | undefined {
  if (!isAllowedOrigin(request, allowedOrigins))
    return new PushError('NOT_ALLOWED', 'This origin is not on the list of allowed origins');
  const offered = request.headers['sec-websocket-protocol'];
  if (offered !== undefined && !offered.split(',').some((one) => one.trim() === SUBPROTOCOL))
    return new PushError('INVALID', `Offer the subprotocol ${SUBPROTOCOL}`);
  return push.refusal(push.addressOf(request));
}

/** The token that came with the upgrade; then `connect` needs none. */
export function bearer(request: IncomingMessage): string | undefined {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

export function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}
