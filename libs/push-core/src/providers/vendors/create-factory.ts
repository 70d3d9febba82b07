import type { ProviderFactory } from '../provider.js';
import { checkVendorToken, ENDPOINTS, parseCredentials } from './credentials.js';
import type { Credentials, Dialect } from './dialect.js';
import { VendorProvider } from './vendor-provider.js';

export function createVendor(dialect: Dialect): ProviderFactory {
  const { authEndpoint, endpoint } = ENDPOINTS;
  const fields = { ...dialect.fields, endpoint, ...(dialect.access && { authEndpoint }) };
  return {
    name: dialect.name,
    traits: dialect.traits,
    parse: (given) => parseCredentials(fields, given),
    checkToken: checkVendorToken,
    // What `parse` has read is text throughout.
    create: (credentials, tools) => new VendorProvider(dialect, credentials as Credentials, tools),
  };
}
