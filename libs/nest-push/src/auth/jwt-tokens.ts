import { createValidator, idSchema, PushError, systemClock, type Authentication, type Authenticator } from 'push-core';
import { JwksKeys, type JwksIssuer, type ReadJwks } from './jwks-keys.js';
import { DEFAULT_TTL, MAX_TTL, tokenRequestSchema, type TokenIssuer, type TokenRequest } from './token-request.js';
import { OWN_ALGORITHM, unverified, verifyIssued, verifyOwn } from './verify-token.js';

export interface JwtTokensOptions {
  /**
   * The tenant's HS256 secret, 32 bytes or more; undefined where there is no such tenant. Asked at every connect. Of several the
   * first signs, and all verify: one that was rotated is good for a while. Throwing means that it cannot tell now: the
   * client may try again.
   */
  secretOf(tenant: string): Promise<Uint8Array | readonly Uint8Array[] | undefined>;
  /** Who else may issue tokens of the tenant, and only of it. Asked for tokens that are not signed with HS256. Default: nobody. */
  issuersOf?: (tenant: string) => Promise<readonly JwksIssuer[]>;
  /** Reads the issuers' keys. Needed with `issuersOf`. */
  readJwks?: ReadJwks;
  /** Unix milliseconds. Default: the machine's clock. */
  now?: () => number;
  /** Seconds a token may be issued for. Default and at most 30 days. */
  maxTtl?: number;
}

export interface JwtTokens extends TokenIssuer {
  /** As of an `Authenticator`. `now`: Unix milliseconds, default the options' clock. */
  authenticate(token: string, now?: number): ReturnType<Authenticator['authenticate']>;
}

const MAX_TOKEN_LENGTH = 8192;
/** RFC 7518 section 3.2: a key of the size of the hash, or larger. */
const MIN_SECRET_BYTES = 32;
const INVALID: Authentication = { kind: 'invalid' };

/**
 * Issues the clients' JWTs with HS256, and verifies them: HS256 with the tenant's own secret, RS256, ES256 and EdDSA with the keys
 * of an issuer of the tenant, and nothing else, whatever the token's header says; `sub`, `ten` and `exp` required. A token that fails for any reason but its age is just `invalid`. Tokens issued here say in `iat` to
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

  const { issuersOf, readJwks } = options;
  if (issuersOf && !readJwks) {
    throw new PushError('INVALID', 'issuersOf needs readJwks, which reads the keys of the issuers', {
      field: 'readJwks',
    });
  }
  const keys = readJwks && new JwksKeys(readJwks);

  async function secretsOf(tenant: string): Promise<readonly Uint8Array[]> {
    const given = await options.secretOf(tenant);
    const secrets = given === undefined ? [] : given instanceof Uint8Array ? [given] : given;
    if (secrets.some((secret) => secret.byteLength < MIN_SECRET_BYTES)) {
      throw new PushError('INTERNAL', `The tenant's token secret is shorter than ${MIN_SECRET_BYTES} bytes`);
    }
    return secrets;
  }

  return {
    async authenticate(token, at = now()) {
      if (typeof token !== 'string' || token.length > MAX_TOKEN_LENGTH) return INVALID;
      const jose = await import('jose');
      const said = unverified(jose, token);
      if (!said) return INVALID;
      const { ten } = said.claims;
      if (said.algorithm === OWN_ALGORITHM) return verifyOwn(jose, token, await secretsOf(ten), at);
      if (!issuersOf || !keys) return INVALID;
      return verifyIssued(jose, token, said, await issuersOf(ten), keys, at);
    },

    async issue(tenant, request, at = now()) {
      checkTenant(tenant);
      const { user, device, topics, ttl = Math.min(DEFAULT_TTL, maxTtl) } = checkRequest(request);
      const [secret] = await secretsOf(tenant);
      if (!secret) throw new PushError('NOT_FOUND', 'There is no such tenant', { field: 'tenant' });
      const jose = await import('jose');
      const iat = at / 1000;
      const claims = { sub: user, ten: tenant, iat, exp: Math.floor(iat) + ttl, dev: device, top: topics };
      const token = await new jose.SignJWT(withoutUndefined(claims))
        .setProtectedHeader({ alg: OWN_ALGORITHM, typ: 'JWT' })
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

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: T[K] } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;
}
