import { createValidator, idSchema, type Identity } from 'push-core';
import { topicsSchema } from './token-request.js';

/** What a client's JWT says: contract section 4. Other claims are ignored. */
export interface Claims {
  readonly sub: string;
  readonly ten: string;
  /** Unix seconds. */
  readonly exp: number;
  /** Unix seconds, with a fraction where the issuer is exact. */
  readonly iat?: number;
  readonly dev?: string;
  readonly top?: readonly string[];
}

/** The last second a JavaScript date can name. */
const LAST_SECOND = 8_640_000_000_000;

const seconds = { type: 'number', minimum: 0, maximum: LAST_SECOND };

const checkClaims = createValidator<Claims>(
  {
    type: 'object',
    properties: {
      sub: idSchema,
      ten: idSchema,
      exp: seconds,
      iat: seconds,
      dev: idSchema,
      top: topicsSchema,
    },
    required: ['sub', 'ten', 'exp'],
  },
  'token',
);

/** The claims, or undefined where one is missing or has a wrong value. */
export function readClaims(payload: unknown): Claims | undefined {
  try {
    return checkClaims(payload);
  } catch {
    return undefined;
  }
}

export const identityOf = (claims: Claims): Identity => ({
  tenant: claims.ten,
  user: claims.sub,
  device: claims.dev,
  topics: claims.top,
  expiresAt: Math.floor(claims.exp * 1000),
  // A whole second is read as its beginning: refused if the user was revoked within it, which is the safe side. The
  // thousandth of a millisecond makes up for what a binary fraction of seconds loses.
  issuedAt: claims.iat === undefined ? undefined : Math.floor(claims.iat * 1000 + 0.001),
});
