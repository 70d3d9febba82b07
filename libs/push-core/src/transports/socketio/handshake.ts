import type { IncomingMessage } from 'node:http';
import { PushError } from '../../errors.js';
import { clientFrameSchemas, topicSchema } from '../../model/schemas.js';
import { createValidator, type JsonSchema } from '../../model/validate.js';
import type { Push } from '../../push.js';
import type { ResumePoint, StreamName } from '../../wire.js';
import type { Arrival } from '../transport.js';
import { isAllowedOrigin } from '../origin.js';
import { requestIn, type SocketIoSocket } from './socket-io-slice.js';

/** The `auth` object of a Socket.IO client: what the `connect` frame of the protocol says. */
export interface SocketIoAuth {
  /** Or `Authorization: Bearer …` among the headers of the handshake. */
  token?: string;
  device?: string;
  resume?: Record<StreamName, ResumePoint>;
  window?: number;
  follow?: string[];
}

const FOLLOWED_AT_ONCE = 100;
const { token, device, resume, window } = (clientFrameSchemas.connect as { properties: Record<string, JsonSchema> })
  .properties;
const validate = createValidator<SocketIoAuth>(
  {
    type: 'object',
    additionalProperties: false,
    properties: {
      token,
      device,
      resume,
      window,
      follow: { type: 'array', items: topicSchema, maxItems: FOLLOWED_AT_ONCE },
    },
  },
  'auth',
);

/** What a socket that was let in brings; throws a PushError for one that is not. Nothing skips it, a recovery neither. */
export async function checkHandshake(
  socket: SocketIoSocket,
  push: Push,
  allowedOrigins: readonly string[],
): Promise<Arrival & { readonly connect: { readonly device: string } }> {
  const address = push.addressOf(requestIn(socket));
  if (!isAllowedOrigin(socket.request, allowedOrigins))
    throw new PushError('NOT_ALLOWED', 'This origin is not on the list of allowed origins');
  const refusal = push.refusal(address);
  if (refusal) throw refusal;
  // Older clients send `auth` as a query string: a token in a URL ends up in logs.
  if (socket.conn.protocol !== 4) throw new PushError('NOT_SUPPORTED', 'Use a Socket.IO client of version 3 or newer');
  // What Socket.IO adds by itself for its own recovery.
  const { pid: _pid, offset: _offset, ...auth } = socket.handshake.auth;
  const { token: given, device: named, ...connect } = validate(auth);
  const credentials = given ?? bearer(socket.request);
  if (credentials === undefined)
    throw new PushError('UNAUTHORIZED', 'Connect with auth: { token }', { field: 'auth.token' });
  const { identity, device: known } = await push.identify({ token: credentials }, named);
  return { identity, address, connect: { ...connect, device: known } };
}

function bearer(request: IncomingMessage): string | undefined {
  return /^Bearer +(\S{1,8192})$/i.exec(request.headers.authorization ?? '')?.[1];
}
