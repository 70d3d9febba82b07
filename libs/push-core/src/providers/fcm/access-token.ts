import type { HttpResult } from '../http/pool.js';
import type { ProviderTools, SendResult } from '../provider.js';
import { signJwt } from '../sign-jwt.js';
import type { Making, ShelfItem } from '../token-shelf.js';
import { retryAfterMs } from '../retry-after.js';
import { markOf, readKey, type FcmCredentials } from './credentials.js';

const GOOGLE = 'https://oauth2.googleapis.com/token';
const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const HOUR_SECONDS = 3600;
/** Access tokens last an hour; the last minutes are left out, so that none ends on its way. */
const REFRESH_MS = 50 * 60_000;
const MARGIN_MS = 60_000;

/** Carries a result through the shelf, which knows of rejections only. */
class AccessFailure extends Error {
  constructor(readonly result: SendResult) {
    super('no access token');
  }
}

export type Access =
  { readonly kind: 'access'; readonly item: ShelfItem } | { readonly kind: 'none'; readonly result: SendResult };

/** Google's access token for a service account: asked for with a signed assertion, one for all nodes. */
export class AccessToken {
  private readonly name: string;
  private readonly making: Making;

  constructor(
    credentials: FcmCredentials,
    private readonly tools: ProviderTools,
    lane: string,
  ) {
    const { serviceAccount, authEndpoint } = credentials;
    const key = readKey(serviceAccount.private_key);
    const url =
      authEndpoint === undefined
        ? GOOGLE
        : /^https?:\/\/[^/]+\/?$/.test(authEndpoint)
          ? `${authEndpoint.replace(/\/$/, '')}/token`
          : authEndpoint;
    this.name = `fcm.${serviceAccount.project_id}.${markOf(credentials)}`.slice(0, 180);
    const { clock, http, deadlineMs } = tools;
    this.making = {
      refreshAfterMs: REFRESH_MS,
      make: async () => {
        const now = clock.now();
        const iat = Math.floor(now / 1000);
        const header = { typ: 'JWT', ...(serviceAccount.private_key_id && { kid: serviceAccount.private_key_id }) };
        // The assertion is for whom it is sent to: a fake in between is not Google.
        const claims = { iss: serviceAccount.client_email, scope: SCOPE, aud: url, iat, exp: iat + HOUR_SECONDS };
        const assertion = signJwt(header, claims, key, 'RS256');
        const result = await http.request({
          method: 'POST',
          url,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({ grant_type: GRANT, assertion }).toString(),
          deadlineMs,
          protocol: 'any',
          trust: authEndpoint === undefined ? 'operator' : 'guest',
          lane,
          maxBodyBytes: 16_384,
        });
        return readAccess(result, now);
      },
    };
  }

  async get(): Promise<Access> {
    try {
      return { kind: 'access', item: await this.tools.shelf.get(this.tools.tenant, this.name, this.making) };
    } catch (error) {
      if (error instanceof AccessFailure) return { kind: 'none', result: error.result };
      return { kind: 'none', result: { kind: 'transient', reason: 'no_access_token' } };
    }
  }

  async after(refused: ShelfItem): Promise<Access> {
    await this.tools.shelf.refuse(this.tools.tenant, this.name, refused, this.making);
    return this.get();
  }
}

/** Nothing was sent to anybody yet: whatever failed here can be tried again without harm. */
function readAccess(result: HttpResult, now: number): { value: string; expiresAt: number } {
  switch (result.kind) {
    case 'refused':
    case 'unknown':
      throw new AccessFailure({ kind: 'transient', reason: 'auth_unreachable' });
    case 'forbidden':
      throw new AccessFailure({ kind: 'config_error', reason: 'endpoint_forbidden' });
    case 'answered':
      break;
  }
  const { status, body } = result;
  const json = parse(body);
  if (status === 200 && typeof json.access_token === 'string') {
    const seconds = Number(json.expires_in) > 0 ? Number(json.expires_in) : HOUR_SECONDS;
    return { value: json.access_token, expiresAt: now + Math.max(seconds * 1000 - MARGIN_MS, seconds * 500) };
  }
  const wait = retryAfterMs(result.headers, now);
  if (status === 429) {
    throw new AccessFailure({ kind: 'throttled', reason: 'auth_http_429', retryAfterMs: wait, scope: 'provider' });
  }
  if (status >= 500 || status === 200) {
    throw new AccessFailure({ kind: 'transient', reason: `auth_http_${status}`, retryAfterMs: wait });
  }
  const code = typeof json.error === 'string' && /^[a-z_]{1,40}$/.test(json.error) ? json.error : `http_${status}`;
  throw new AccessFailure({ kind: 'config_error', reason: `auth_${code}` });
}

function parse(body: string): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(body) as unknown;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
