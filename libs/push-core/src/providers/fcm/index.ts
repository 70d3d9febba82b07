import { PushError } from '../../errors.js';
import type { ProviderFactory } from '../provider.js';
import { readCredentials, type FcmCredentials } from './credentials.js';
import { FcmProvider } from './fcm-provider.js';

/** Firebase Cloud Messaging, HTTP v1. */
export const fcm: ProviderFactory = {
  name: 'fcm',
  // 600,000 a minute and project.
  traits: { batch: 500, perSecond: 8000 },
  parse: (credentials) => ({ ...readCredentials(credentials) }),
  checkToken({ token }) {
    if (typeof token === 'string' && /^[\w:.%/+=-]{1,4096}$/.test(token)) return;
    throw new PushError('INVALID', '"token" must be the registration token that the app got from Firebase', {
      field: 'token',
    });
  },
  create: (credentials, tools) => new FcmProvider(credentials as unknown as FcmCredentials, tools),
};
