import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type ServerOptions } from 'ws';
import { PushError } from '../../errors.js';
import type { Push } from '../../push.js';
import { isAllowedOrigin } from '../origin.js';
import type { MqttWebSocketOptions } from './options.js';
import { Site } from './site.js';
import { WebSocketBytes } from './web-socket-bytes.js';

const SUBPROTOCOL = 'mqtt';
/** Several packets may share a frame. */
const FRAME_BYTES = 128 * 1024;

/**
 * Serves MQTT over WebSocket on a path of an HTTP server; other paths are left to whoever else listens for upgrades.
 * Rejects when `mqtt-packet` is not installed.
 */
export async function attachMqttWebSocket(
  server: Server,
  push: Push,
  options: MqttWebSocketOptions = {},
): Promise<{ close(): Promise<void> }> {
  const { path = '/v1/mqtt', allowedOrigins = [], ...settings } = options;
  const site = await Site.open(push, settings);
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: FRAME_BYTES,
    perMessageDeflate: false,
    closeTimeout: site.settings.closeTimeoutMs,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  } satisfies ServerOptions & { closeTimeout: number } as ServerOptions);

  const upgrade = (request: IncomingMessage, tcp: Duplex, head: Buffer): void => {
    if (pathOf(request) !== path) return;
    const address = push.addressOf(request);
    const crowded = push.refusal(address);
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim());
    if (!isAllowedOrigin(request, allowedOrigins))
      refuse(tcp, new PushError('NOT_ALLOWED', 'This origin is not on the list of allowed origins'));
    else if (crowded) refuse(tcp, crowded);
    else if (!offered.includes(SUBPROTOCOL))
      refuse(tcp, new PushError('INVALID', `Offer the subprotocol ${SUBPROTOCOL}`));
    else {
      sockets.handleUpgrade(request, tcp, head, (accepted) => {
        site.welcome(new WebSocketBytes(accepted, tcp, address));
      });
    }
  };
  server.on('upgrade', upgrade);
  return {
    close: async () => {
      server.off('upgrade', upgrade);
      await site.close();
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
    },
  };
}

function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

const STATUS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
};

function refuse(tcp: Duplex, { status, code, message, retryable, retryAfterMs }: PushError): void {
  const title = STATUS[status] ?? 'Service Unavailable';
  const body = JSON.stringify({
    type: `urn:nest-push:error:${code}`,
    title,
    status,
    detail: message,
    code,
    retryable,
  });
  const retry = retryAfterMs === undefined ? '' : `Retry-After: ${Math.ceil(retryAfterMs / 1000)}\r\n`;
  tcp.on('error', () => tcp.destroy());
  tcp.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\n${retry}Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    () => tcp.destroy(),
  );
}
