import type { ProviderFactory } from '../provider.js';
import { checkToken } from './addresses.js';
import { ApnsProvider } from './apns-provider.js';
import { readCredentials, type ApnsCredentials } from './credentials.js';

/** Apple's push service, with token authentication. */
export const apns: ProviderFactory = {
  name: 'apns',
  traits: { batch: 500, perSecond: 5000 },
  parse: (credentials) => ({ ...readCredentials(credentials) }),
  checkToken,
  create: (credentials, tools) => new ApnsProvider(credentials as unknown as ApnsCredentials, tools),
};
