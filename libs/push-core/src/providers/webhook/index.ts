import { PushError } from '../../errors.js';
import { createValidator } from '../../model/validate.js';
import type { ProviderFactory } from '../provider.js';
import { readSecrets } from './secrets.js';
import { WebhookProvider, type WebhookCredentials } from './webhook-provider.js';

export { verifyWebhook } from './verify.js';
export type { WebhookRequestHeaders, WebhookVerdict } from './verify.js';

const text = { type: 'string', minLength: 1, maxLength: 128 };
const validate = createValidator<WebhookCredentials>(
  {
    type: 'object',
    required: ['url', 'secret'],
    additionalProperties: false,
    properties: {
      url: { type: 'string', maxLength: 2048, pattern: '^https?://', description: 'an https URL' },
      secret: { anyOf: [text, { type: 'array', items: text }], description: 'whsec_…, or a list of them' },
    },
  },
  'credentials',
);

/** A signed request to the tenant's own address for each notification (Standard Webhooks). */
export const webhook: ProviderFactory = {
  name: 'webhook',
  traits: { batch: 16, perSecond: 200 },
  parse(credentials) {
    const { url, secret } = validate(credentials);
    // Which addresses are admitted is the egress guard's business.
    const address = URL.canParse(url) ? new URL(url) : undefined;
    if (address === undefined || address.username !== '' || address.password !== '') {
      throw new PushError('INVALID', '"url" must be an https URL without user name and password', { field: 'url' });
    }
    readSecrets([secret].flat(), 'secret');
    return { url, secret };
  },
  /** One for the tenant: a device has no token for it. */
  checkToken({ token }) {
    if (token === '') return;
    throw new PushError('INVALID', '"token" of a webhook must be empty: it goes to the tenant’s own address', {
      field: 'token',
    });
  },
  create: (credentials, tools) => new WebhookProvider(credentials as unknown as WebhookCredentials, tools),
};
