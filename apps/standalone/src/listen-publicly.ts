import type { Accounts } from './accounts/accounts.js';
import type { Config } from './config.js';
import { StartFailed } from './start-failed.js';

/**
 * On an address that others reach, a first start would print the keys into a log that others may read, and answer whoever
 * comes first. So there the admin key is given, or there is one from an earlier start.
 */
export async function demandCredentials(config: Pick<Config, 'host' | 'adminKey'>, accounts: Accounts): Promise<void> {
  if (config.adminKey !== undefined || isLoopback(config.host) || (await accounts.adminHash())) return;
  throw new StartFailed(
    `PUSH_ADMIN_KEY: ${config.host} is no loopback address, and there is no admin key yet; set PUSH_ADMIN_KEY to one made with "openssl rand -hex 32", or start once with PUSH_HOST=127.0.0.1, which prints one`,
    2,
  );
}

export const isLoopback = (host: string): boolean =>
  /^(localhost|127(\.\d{1,3}){3}|::1|(::ffff:)?127(\.\d{1,3}){3})$/i.test(host);
