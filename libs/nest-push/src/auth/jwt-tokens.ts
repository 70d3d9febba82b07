import { createValidator, idSchema, PushError, systemClock, type Authentication, type Authenticator } from 'push-core';
import { identityOf, readClaims, type Claims } from './claims.js';
import { hasRepeatedNames } from './repeated-names.js';
import { DEFAULT_TTL, MAX_TTL, tokenRequestSchema, type TokenIssuer, type TokenRequest } from './token-request.js';

export interface JwtTokensOptions {
  /**
   * The tenant's HS256 secret, 32 bytes or more; undefined where there is no such tenant. Asked at every connect.
   * Throwing means that it cannot tell now: the client may try again.
   */
  secretOf(tenant: string): Promise<Uint8Array | undefined>;
  /** Unix milliseconds. Default: the machine's clock. */
  now?: () => number;
  /** Seconds a token may be issued for. Default and at most 30 days. */
  maxTtl?: number;
}

export interface JwtTokens extends TokenIssuer {
  /** As of an `Authenticator`. `now`: Unix milliseconds, default the options' clock. */
  authenticate(token: string, now?: number): ReturnType<Authenticator['authenticate']>;
}

type Jose = typeof import('jose');

const ALGORITHM = 'HS256';
const MAX_TOKEN_LENGTH = 8192;
/** RFC 7518 section 3.2: a key of the size of the hash, or larger. */
const MIN_SECRET_BYTES = 32;
const LEEWAY_SECONDS = 5;
/** A token dated further ahead is refused: it would outlive a revocation by that much. */
const ISSUED_AHEAD_SECONDS = 60;
const INVALID: Authentication = { kind: 'invalid' };

/**
 * Issues and verifies the clients' JWTs: HS256 and nothing else, whatever the token's header says; `sub`, `ten` and
 * `exp` required. A token that fails for any reason but its age is just `invalid`. Tokens issued here say in `iat` to
 * the millisecond when: one issued right after a revocation is good, one from right before it is not.
 */
export function createJwtTokens(options: JwtTokensOptions): JwtTokens {
  const now = options.now ?? (() => systemClock.now());
  const maxTtl = options.maxTtl ?? MAX_TTL;
  if (!Number.isInteger(maxTtl) || maxTtl < 1 || maxTtl > MAX_TTL) {
    throw new PushError('INVALID', `maxTtl must be a whole number from 1 to ${MAX_TTL}`, { field: 'maxTtl' });
  }
  const checkTenant = createValidator<string>(idSchema, 'tenant');
  const checkRequest = createValidator<TokenRequest>(tokenRequestSchema(maxTtl), 'token');

  async function secretOf(tenant: string): Promise<Uint8Array | undefined> {
    const secret = await options.secretOf(tenant);
    if (secret && secret.byteLength < MIN_SECRET_BYTES) {
      throw new PushError('INTERNAL', `The tenant's token secret is shorter than ${MIN_SECRET_BYTES} bytes`);
    }
    return secret;
  }

  return {
    async authenticate(token, at = now()) {
      if (typeof token !== 'string' || token.length > MAX_TOKEN_LENGTH) return INVALID;
      const jose = await import('jose');
      const claimed = unverifiedClaims(jose, token);
      if (!claimed) return INVALID;
      const secret = await secretOf(claimed.ten);
      return secret ? verify(jose, token, secret, at) : INVALID;
    },

    async issue(tenant, request, at = now()) {
      checkTenant(tenant);
      const { user, device, topics, ttl = Math.min(DEFAULT_TTL, maxTtl) } = checkRequest(request);
      const secret = await secretOf(tenant);
      if (!secret) throw new PushError('NOT_FOUND', 'There is no such tenant', { field: 'tenant' });
      const jose = await import('jose');
      const iat = at / 1000;
      const claims = { sub: user, ten: tenant, iat, exp: Math.floor(iat) + ttl, dev: device, top: topics };
      const token = await new jose.SignJWT(withoutUndefined(claims))
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
        .sign(secret);
      if (token.length > MAX_TOKEN_LENGTH) {
        throw new PushError(
          'TOO_LARGE',
          `The token would be larger than ${MAX_TOKEN_LENGTH} bytes; name fewer topics`,
          { field: 'topics' },
        );
      }
      return { token, expiresAt: claims.exp * 1000 };
    },
  };
}

/** Only to find out which tenant's secret must verify it; what nobody may rely on is refused before. */
function unverifiedClaims(jose: Jose, token: string): Claims | undefined {
  try {
    const claims = readClaims(jose.decodeJwt(token));
    const [header = '', payload = ''] = token.split('.');
    return hasRepeatedNames(textOf(header)) || hasRepeatedNames(textOf(payload)) ? undefined : claims;
  } catch {
    return undefined;
  }
}

const textOf = (part: string): string => Buffer.from(part, 'base64url').toString();

async function verify(jose: Jose, token: string, secret: Uint8Array, now: number): Promise<Authentication> {
  try {
    const { payload } = await jose.jwtVerify(token, secret, {
      algorithms: [ALGORITHM],
      clockTolerance: LEEWAY_SECONDS,
      currentDate: new Date(now),
      requiredClaims: ['sub', 'ten', 'exp'],
    });
    const claims = readClaims(payload);
    if (!claims || (claims.iat ?? 0) > now / 1000 + ISSUED_AHEAD_SECONDS) return INVALID;
    return { kind: 'valid', identity: identityOf(claims) };
  } catch (error) {
    // Thrown after the signature was found good.
    return (error as { code?: unknown }).code === 'ERR_JWT_EXPIRED' ? { kind: 'expired' } : INVALID;
  }
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: T[K] } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;
}
