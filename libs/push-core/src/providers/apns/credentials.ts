import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';
import { PushError } from '../../errors.js';
import { createValidator } from '../../model/validate.js';

export type Environment = 'production' | 'sandbox';

export interface ApnsCredentials {
  readonly teamId: string;
  readonly keyId: string;
  /** PEM of the .p8 file. */
  readonly key: string;
  /** The app's bundle id, where a token names none. */
  readonly topic: string;
  /** Of tokens that name none. */
  readonly environment: Environment;
  /** Stands in for Apple's server of `environment`. */
  readonly endpoint?: string;
  /** Stands in for Apple's server of the other environment; only with `endpoint`. Where that stands alone, it gets everything, once. */
  readonly otherEndpoint?: string;
}

const id = { type: 'string', pattern: '^[A-Za-z0-9]{10}$', description: 'ten letters and digits' };
const address = { type: 'string', maxLength: 2048, pattern: '^https?://[^/?#@]+/?$', description: 'an address alone' };

export const TOPIC = /^[A-Za-z0-9.-]{1,155}$/;
export const isEnvironment = (value: unknown): value is Environment => value === 'production' || value === 'sandbox';

const validate = createValidator<Omit<ApnsCredentials, 'environment'> & { readonly environment?: Environment }>(
  {
    type: 'object',
    required: ['teamId', 'keyId', 'key', 'topic'],
    additionalProperties: false,
    properties: {
      teamId: id,
      keyId: id,
      key: { type: 'string', maxLength: 4096, description: 'the text of the .p8 file' },
      topic: { type: 'string', pattern: TOPIC.source, description: 'the app’s bundle id' },
      environment: { enum: ['production', 'sandbox'] },
      endpoint: address,
      otherEndpoint: address,
    },
  },
  'credentials',
);

/** Throws PushError `INVALID`. */
export function readCredentials(given: unknown): ApnsCredentials {
  const checked = validate(given);
  readKey(checked.key);
  if (checked.otherEndpoint !== undefined && checked.endpoint === undefined) {
    throw new PushError('INVALID', '"otherEndpoint" needs "endpoint" beside it', { field: 'otherEndpoint' });
  }
  return {
    ...checked,
    environment: checked.environment ?? 'production',
    ...(checked.endpoint !== undefined && { endpoint: checked.endpoint.replace(/\/$/, '') }),
    ...(checked.otherEndpoint !== undefined && { otherEndpoint: checked.otherEndpoint.replace(/\/$/, '') }),
  };
}

export function readKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  } catch {
    // Said below, without what stands in it.
  }
  throw new PushError('INVALID', '"key" must be the text of the .p8 file that Apple gave for this key id', {
    field: 'key',
  });
}

/** Changes when the credentials do, and does not tell what they are. */
export const markOf = ({ teamId, keyId, key }: ApnsCredentials): string =>
  createHash('sha256')
    .update(JSON.stringify([teamId, keyId, key]))
    .digest('base64url')
    .slice(0, 16);
