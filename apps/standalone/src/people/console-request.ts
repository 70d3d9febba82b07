import type { IncomingMessage } from 'node:http';
import type { Push } from 'push-core';

/** The header that no form and no foreign page can send without being asked first. */
export const CONSOLE_HEADER = 'x-push-console';

const COOKIE = 'push_session';
/** With this prefix a browser takes it over https only, for this host and all paths: no neighbour can plant one. */
const SAFE_COOKIE = `__Host-${COOKIE}`;

/**
 * True for a call of the console's own pages: it has the console's header, and a browser that says where a call comes
 * from does not say elsewhere. `publicOrigin` is where a proxy makes this server known.
 */
export function isConsoles(request: IncomingMessage, publicOrigin: string | undefined): boolean {
  if (request.headers[CONSOLE_HEADER] !== '1') return false;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  if (origin === publicOrigin) return true;
  try {
    return new URL(origin).host === host?.toLowerCase();
  } catch {
    return false;
  }
}

/** The bearer in the session's cookie. A page elsewhere can make a browser send it, so look at `isConsoles` first. */
export function bearerIn(request: IncomingMessage): string | undefined {
  const all = cookiesOf(request);
  return all.get(SAFE_COOKIE) ?? all.get(COOKIE);
}

export function cookiesOf({ headers }: IncomingMessage): ReadonlyMap<string, string> {
  const pairs = (headers.cookie ?? '').split(';').map((pair): [string, string] => {
    const at = pair.indexOf('=');
    return at < 0 ? ['', ''] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
  });
  return new Map(pairs.filter(([, value]) => /^[\w.-]{1,256}$/.test(value)));
}

/** Over TLS here, or at the proxy in front. Saying so falsely makes a cookie stricter, never laxer. */
export function isHttps(request: IncomingMessage, publicOrigin: string | undefined): boolean {
  if (publicOrigin?.startsWith('https:')) return true;
  if ('encrypted' in request.socket && request.socket.encrypted === true) return true;
  return (
    String(request.headers['x-forwarded-proto'] ?? '')
      .split(',', 1)[0]
      ?.trim() === 'https'
  );
}

/** `Set-Cookie` for a session; without a bearer: those that are there go. */
export function sessionCookies(bearer: string | undefined, https: boolean, maxAgeS: number): string[] {
  const cookie = (name: string, value: string, age: number, secure: boolean): string =>
    `${name}=${value}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  if (bearer === undefined) return [cookie(COOKIE, '', 0, false), cookie(SAFE_COOKIE, '', 0, true)];
  return https ? [cookie(SAFE_COOKIE, bearer, maxAgeS, true)] : [cookie(COOKIE, bearer, maxAgeS, false)];
}

/** As the engine sees it, so that one address is the same in the audit log, in the throttle and in its limits. */
export const addressOf = (push: Pick<Push, 'addressOf'>, request: IncomingMessage): string =>
  push.addressOf(request) ?? 'unknown';
