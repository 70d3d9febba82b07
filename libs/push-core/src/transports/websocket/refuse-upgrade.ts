import type { Duplex } from 'node:stream';
import type { PushError } from '../../errors.js';

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
};

/** Answers an upgrade with a problem document. */
export function refuseUpgrade(tcp: Duplex, error: PushError): void {
  const { code, message, retryAfterMs } = error;
  const status = error.status in TITLES ? error.status : 503;
  const title = TITLES[status] ?? 'Service Unavailable';
  const later = retryAfterMs === undefined ? '' : `Retry-After: ${Math.ceil(retryAfterMs / 1000)}\r\n`;
  const body = JSON.stringify({
    type: `urn:nest-push:error:${code}`,
    title,
    status,
    detail: message,
    code,
    retryable: retryAfterMs !== undefined,
  });
  tcp.on('error', () => tcp.destroy());
  tcp.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n${later}\r\n${body}`,
    () => tcp.destroy(),
  );
}
