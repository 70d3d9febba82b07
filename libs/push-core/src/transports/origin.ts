import type { IncomingMessage } from 'node:http';

/**
 * Whether a page at this origin may connect. A client that is no browser sends none; its token speaks for it, no cookie
 * does. Exact matches only; without a list, the server's own origin.
 */
export function isAllowedOrigin(request: IncomingMessage, allowed: readonly string[]): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  if (allowed.length > 0) return allowed.includes(origin);
  const scheme = 'encrypted' in request.socket ? 'https' : 'http';
  return host !== undefined && origin === `${scheme}://${host}`;
}
