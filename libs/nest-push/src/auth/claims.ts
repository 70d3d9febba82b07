import { createValidator, idSchema, type Identity } from 'push-core';
import { topicsSchema } from './token-request.js';

/** What a client's JWT says: contract section 4. Other claims are ignored. */
export interface Claims {
  readonly sub: string;
  readonly ten: string;
  /** Unix seconds. */
  readonly exp: number;
  readonly dev?: string;
  readonly top?: readonly string[];
}

/** The last second a JavaScript date can name. */
const LAST_SECOND = 8_640_000_000_000;

const checkClaims = createValidator<Claims>(
  {
    type: 'object',
    properties: {
      sub: idSchema,
      ten: idSchema,
      exp: { type: 'number', minimum: 0, maximum: LAST_SECOND },
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
});
