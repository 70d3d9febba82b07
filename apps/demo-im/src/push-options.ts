import { createJwtTokens, type PushModuleOptions } from 'nest-push';
import type { ApiAuthenticator } from 'nest-push/http';
import { createTypeOrmStore } from 'nest-push/typeorm';
import { offlineOver, webpush } from 'push-core/providers';
import type { DataSource } from 'typeorm';
import type { DemoSettings } from './settings/demo-settings.js';

/** The push lives beside the chat, in the same file, and takes the chat's logins for its own. */
export const pushOptions = (settings: DemoSettings, dataSource: DataSource): PushModuleOptions => ({
  store: createTypeOrmStore({ dataSource }),
  dataSource,
  authenticator: createJwtTokens({ secretOf: async (tenant) => (tenant === 'default' ? settings.secret : undefined) }),
  offline: offlineOver([webpush], { allow: settings.egressAllow }),
});

/** Nobody publishes from outside: the backend does it itself. */
export const noApiKeys: ApiAuthenticator = { authenticate: async () => ({ kind: 'unauthorized' }) };
