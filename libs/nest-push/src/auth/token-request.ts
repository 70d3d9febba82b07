import { idSchema, topicSchema, type JsonSchema } from 'push-core';

/** A token is good for this long at most: 30 days, in seconds. */
export const MAX_TTL = 30 * 24 * 3600;
export const DEFAULT_TTL = 3600;
/** Topics a token may name. */
export const MAX_TOPICS = 100;

/** Whom a client token is for. */
export interface TokenRequest {
  readonly user: string;
  /** The token is good for this device only. */
  readonly device?: string;
  /** Seconds, default 3600, 30 days at most. */
  readonly ttl?: number;
  /** Topics the client may follow: exact names, or `news.*`. */
  readonly topics?: readonly string[];
}

export interface IssuedToken {
  readonly token: string;
  /** Unix milliseconds. */
  readonly expiresAt: number;
}

/** Makes client tokens. */
export interface TokenIssuer {
  /** `now`: Unix milliseconds, default the issuer's own clock. Throws PushError `INVALID` or `UNKNOWN_FIELD`, with the field. */
  issue(tenant: string, request: TokenRequest, now?: number): Promise<IssuedToken>;
}

export const topicsSchema: JsonSchema = { type: 'array', items: topicSchema, maxItems: MAX_TOPICS };

export const tokenRequestSchema = (maxTtl: number): JsonSchema => ({
  type: 'object',
  properties: {
    user: idSchema,
    device: idSchema,
    ttl: { type: 'integer', minimum: 1, maximum: maxTtl, description: `seconds, ${maxTtl} at most` },
    topics: topicsSchema,
  },
  required: ['user'],
  additionalProperties: false,
});
