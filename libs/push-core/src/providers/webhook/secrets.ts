import { PushError } from '../../errors.js';

/** Standard Webhooks: 24 to 64 random bytes. */
const LEAST_BYTES = 24;
const MOST_BYTES = 64;
const PREFIX = 'whsec_';
/** While a secret is being replaced both are good; more than a few at once is a mistake. */
const MOST_SECRETS = 5;

/** Secrets as they are signed with. Throws PushError `INVALID`, without the value. */
export function readSecrets(secrets: readonly string[], field: string): readonly Buffer[] {
  if (secrets.length === 0 || secrets.length > MOST_SECRETS) {
    throw invalid(field, `must be one secret, or a list of 1 to ${MOST_SECRETS}`);
  }
  return secrets.map((secret, index) => readSecret(secret, secrets.length === 1 ? field : `${field}[${index}]`));
}

function readSecret(secret: string, field: string): Buffer {
  const text = typeof secret === 'string' && secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '';
  const bytes = /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  if (bytes.length < LEAST_BYTES || bytes.length > MOST_BYTES) {
    throw invalid(field, `must be ${PREFIX} and ${LEAST_BYTES} to ${MOST_BYTES} random bytes in base64`);
  }
  return bytes;
}

const invalid = (field: string, complaint: string): PushError =>
  new PushError('INVALID', `"${field}" ${complaint}`, { field });
