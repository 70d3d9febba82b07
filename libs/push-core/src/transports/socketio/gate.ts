import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { PushError } from '../../errors.js';
import type { Push } from '../../push.js';
import { isAllowedOrigin } from '../origin.js';

/** A middleware of Engine.IO: `io.engine.use(…)`. */
export type SocketIoGate = (request: IncomingMessage, response: object, next: () => void) => void;

export interface SocketIoGateOptions {
  /** Exact origins; empty: the server's own only. */
  allowedOrigins?: readonly string[];
}

/**
 * Refuses before anything is answered, a poll, a preflight and an upgrade alike: pages of other origins (403), and
 * whomever the engine has no room for (with `Retry-After`). Answers preflights of allowed origins. It speaks for the
 * whole Socket.IO server: a host with namespaces of its own decides whether they are for the same origins.
 */
export function socketIoGate(push: Push, { allowedOrigins = [] }: SocketIoGateOptions = {}): SocketIoGate {
  return (request, response, next) => {
    const { origin } = request.headers;
    if (!isAllowedOrigin(request, allowedOrigins))
      return refuse(
        request,
        response,
        new PushError('NOT_ALLOWED', 'This origin is not on the list of allowed origins'),
      );
    const isNew = !/[?&]sid=/.test(request.url ?? '');
    const refusal = isNew ? push.refusal(push.addressOf(request)) : undefined;
    if (refusal) return refuse(request, response, refusal);
    if (origin !== undefined && response instanceof ServerResponse) {
      response.setHeader('Access-Control-Allow-Origin', origin);
      response.setHeader('Vary', 'Origin');
      if (request.method === 'OPTIONS') {
        response.writeHead(204, {
          'Access-Control-Allow-Methods': 'GET, POST',
          'Access-Control-Allow-Headers': 'Authorization, Content-Type',
          'Access-Control-Max-Age': '600',
        });
        response.end();
        return;
      }
    }
    next();
  };
}

function refuse(request: IncomingMessage, response: object, error: PushError): void {
  const { code, message, retryable, status, retryAfterMs } = error;
  const body = JSON.stringify({
    type: `urn:nest-push:error:${code}`,
    title: message,
    status,
    code,
    retryable,
    retryAfterMs,
  });
  const headers: Record<string, string> = {
    'Content-Type': 'application/problem+json',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
    ...(retryAfterMs === undefined ? {} : { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) }),
  };
  if (response instanceof ServerResponse) {
    response.writeHead(status, headers);
    response.end(body);
    return;
  }
  const tcp: Duplex = request.socket;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  tcp.on('error', () => tcp.destroy());
  tcp.end(`HTTP/1.1 ${status} Refused\r\n${lines.join('')}\r\n${body}`, () => tcp.destroy());
}
