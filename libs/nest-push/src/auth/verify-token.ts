import type { Authentication } from 'push-core';
import type { JWTPayload, JWTVerifyOptions } from 'jose';
import { identityOf, readClaims, type Claims } from './claims.js';
import type { JwksIssuer, JwksKeys, KeySet } from './jwks-keys.js';
import { hasRepeatedNames } from './repeated-names.js';

export type Jose = typeof import('jose');

/** Of the tokens signed with the tenant's own secret. */
export const OWN_ALGORITHM = 'HS256';
/** Of those of its issuers. */
export const ISSUER_ALGORITHMS: readonly string[] = ['RS256', 'ES256', 'EdDSA'];

const LEEWAY_SECONDS = 5;
/** A token dated further ahead is refused: it would outlive a revocation by that much. */
const ISSUED_AHEAD_SECONDS = 60;
const INVALID: Authentication = { kind: 'invalid' };

/** What a token says of itself: only to find out which key must verify it. */
export interface Unverified {
  readonly algorithm: string;
  readonly issuer?: string;
  readonly claims: Claims;
}

/** Undefined where it says something that nobody may rely on. */
export function unverified(jose: Jose, token: string): Unverified | undefined {
  try {
    const payload = jose.decodeJwt(token);
    const claims = readClaims(payload);
    const { alg = '' } = jose.decodeProtectedHeader(token);
    const [header = '', body = ''] = token.split('.');
    if (!claims || hasRepeatedNames(textOf(header)) || hasRepeatedNames(textOf(body))) return undefined;
    return { algorithm: alg, issuer: payload.iss, claims };
  } catch {
    return undefined;
  }
}

const textOf = (part: string): string => Buffer.from(part, 'base64url').toString();

/** With each of the secrets in turn: one that was rotated is good for a while. */
export async function verifyOwn(
  jose: Jose,
  token: string,
  secrets: readonly Uint8Array[],
  now: number,
): Promise<Authentication> {
  for (const secret of secrets) {
    const outcome = await judged(now, (options) =>
      jose.jwtVerify(token, secret, { ...options, algorithms: [OWN_ALGORITHM] }),
    );
    if (outcome !== 'no-such-key' && outcome.kind !== 'invalid') return outcome;
  }
  return INVALID;
}

/** With the keys of the tenant's issuer that the token names; its algorithms, issuer and audience are the tenant's word, not the token's. */
export async function verifyIssued(
  jose: Jose,
  token: string,
  { claims, algorithm, issuer }: Unverified,
  issuers: readonly JwksIssuer[],
  keys: JwksKeys,
  now: number,
): Promise<Authentication> {
  const found = issuers.find((one) => one.issuer === issuer);
  if (!found) return INVALID;
  const algorithms = ISSUER_ALGORITHMS.filter((one) => found.algorithms?.includes(one) ?? true);
  if (!algorithms.includes(algorithm)) return INVALID;

  const verified = (set: KeySet): Promise<Authentication | 'no-such-key'> =>
    judged(now, (options) =>
      jose.jwtVerify(token, set, { ...options, algorithms, issuer: found.issuer, audience: found.audience }),
    );
  const outcome = await verified(await keys.of(claims.ten, found.jwksUrl, jose.createLocalJWKSet));
  if (outcome !== 'no-such-key') return outcome;
  const renewed = await keys.renewed(claims.ten, found.jwksUrl, jose.createLocalJWKSet);
  const again = renewed && (await verified(renewed));
  return again === undefined || again === 'no-such-key' ? INVALID : again;
}

type Verify = (options: JWTVerifyOptions) => Promise<{ payload: JWTPayload }>;

async function judged(now: number, verify: Verify): Promise<Authentication | 'no-such-key'> {
  try {
    const { payload } = await verify({
      clockTolerance: LEEWAY_SECONDS,
      currentDate: new Date(now),
      requiredClaims: ['sub', 'ten', 'exp'],
    });
    const claims = readClaims(payload);
    if (!claims || (claims.iat ?? 0) > now / 1000 + ISSUED_AHEAD_SECONDS) return INVALID;
    return { kind: 'valid', identity: identityOf(claims) };
  } catch (error) {
    switch ((error as { code?: unknown }).code) {
      // Thrown after the signature was found good.
      case 'ERR_JWT_EXPIRED':
        return { kind: 'expired' };
      case 'ERR_JWKS_NO_MATCHING_KEY':
        return 'no-such-key';
      default:
        return INVALID;
    }
  }
}
