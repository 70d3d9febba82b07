import type { ProviderFactory } from '../provider.js';
import { checkSubscription } from './subscription.js';
import { readVapidCredentials, type VapidCredentials } from './vapid.js';
import { WebPushProvider } from './web-push-provider.js';

export type { WebPushPayload } from './payload.js';

/** Web Push (RFC 8030, 8188, 8291, 8292): browsers, and whatever speaks UnifiedPush. */
export const webpush: ProviderFactory = {
  name: 'webpush',
  traits: { batch: 64, perSecond: 2000 },
  parse: (credentials) => ({ ...readVapidCredentials(credentials) }),
  checkToken: checkSubscription,
  create: (credentials, tools) => new WebPushProvider(credentials as unknown as VapidCredentials, tools),
};
