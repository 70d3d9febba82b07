import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';
import { PushError } from '../../errors.js';
import { createValidator } from '../../model/validate.js';

export interface ServiceAccount {
  readonly project_id: string;
  readonly client_email: string;
  /** PEM. */
  readonly private_key: string;
  readonly private_key_id?: string;
}

export interface FcmCredentials {
  readonly serviceAccount: ServiceAccount;
  /** Stands in for https://fcm.googleapis.com. */
  readonly endpoint?: string;
  /** Stands in for https://oauth2.googleapis.com: the address alone, or with the path of the token service. */
  readonly authEndpoint?: string;
}

const validate = createValidator<FcmCredentials>(
  {
    type: 'object',
    required: ['serviceAccount'],
    additionalProperties: false,
    properties: {
      serviceAccount: {
        type: 'object',
        description: 'the JSON file that the Firebase console gives for a service account',
        required: ['project_id', 'client_email', 'private_key'],
        properties: {
          project_id: {
            type: 'string',
            pattern: '^[a-z0-9:.-]{1,100}$',
            description: 'the id of the Firebase project',
          },
          client_email: { type: 'string', minLength: 3, maxLength: 320 },
          private_key: { type: 'string', maxLength: 16_384 },
          private_key_id: { type: 'string', maxLength: 200 },
        },
      },
      endpoint: { type: 'string', maxLength: 2048, pattern: '^https?://[^/?#@]+/?$', description: 'an address alone' },
      authEndpoint: { type: 'string', maxLength: 2048, pattern: '^https?://[^/?#@]+(/[^?#]*)?$' },
    },
  },
  'credentials',
);

/** Throws PushError `INVALID`. Of the service account's file only what is used is kept: its own addresses are not. */
export function readCredentials(given: unknown): FcmCredentials {
  const { serviceAccount, endpoint, authEndpoint } = validate(given);
  const { project_id, client_email, private_key, private_key_id } = serviceAccount;
  readKey(private_key);
  return {
    serviceAccount: { project_id, client_email, private_key, ...(private_key_id !== undefined && { private_key_id }) },
    ...(endpoint !== undefined && { endpoint: endpoint.replace(/\/$/, '') }),
    ...(authEndpoint !== undefined && { authEndpoint }),
  };
}

export function readKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // Said below, without what stands in it.
  }
  const field = 'serviceAccount.private_key';
  throw new PushError('INVALID', `"${field}" must be the private key of the service account, as its file has it`, {
    field,
  });
}

/** Changes when the credentials do, and does not tell what they are. */
export const markOf = ({ serviceAccount, authEndpoint }: FcmCredentials): string =>
  createHash('sha256')
    .update(JSON.stringify([serviceAccount, authEndpoint]))
    .digest('base64url')
    .slice(0, 16);
