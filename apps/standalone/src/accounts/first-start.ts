import { randomBytes } from 'node:crypto';
import type { Accounts } from './accounts.js';
import { TENANT_SECRET_BYTES, hashOf, newAdminKey, newApiKey } from './api-key.js';

export const DEFAULT_TENANT = 'default';

/** Keys that were made just now: the only time they can be shown. */
export interface FreshKeys {
  readonly apiKey?: string;
  readonly adminKey?: string;
  /** Of person `admin`, who signs in to the console. */
  readonly password?: string;
}

/**
 * The first start makes tenant `default` with one key, and an admin key unless one is given. Later starts make nothing,
 * nor do other nodes that start at the same time.
 */
export async function makeFirstKeys(
  accounts: Accounts,
  givenAdminKey: string | undefined,
  now: number,
): Promise<FreshKeys> {
  const { key, stored } = newApiKey(DEFAULT_TENANT, 'publisher', now);
  const admin = givenAdminKey === undefined ? newAdminKey() : { key: undefined, hash: hashOf(givenAdminKey) };
  const kept = await accounts.begin({
    tenant: { id: DEFAULT_TENANT, createdAt: now },
    secret: randomBytes(TENANT_SECRET_BYTES),
    key: stored,
    adminHash: admin.hash,
    replaceAdmin: givenAdminKey !== undefined,
  });
  return { ...(kept.key ? { apiKey: key } : {}), ...(kept.admin && admin.key ? { adminKey: admin.key } : {}) };
}

/**
 * What a terminal, or a file that collects the output, shows of them. Empty when there is nothing new. `url` is undefined
 * where this process does not serve both publishers and devices: the example would not work.
 */
export function firstStartText(fresh: FreshKeys, url: string | undefined, consoleUrl = url): string {
  if (!fresh.apiKey && !fresh.adminKey && !fresh.password) return '';
  const rule = '─'.repeat(78);
  const lines = [rule, 'First start. These keys are shown this once and kept only as hashes; note them down.', ''];
  if (fresh.apiKey) lines.push(`  API key (tenant "${DEFAULT_TENANT}"):  ${fresh.apiKey}`);
  if (fresh.adminKey) lines.push(`  Admin key (every tenant): ${fresh.adminKey}`);
  if (fresh.password && consoleUrl !== undefined)
    lines.push(`  Console: ${consoleUrl}/console  user admin, password ${fresh.password}`);
  if (fresh.apiKey && url !== undefined) {
    const elsewhere = url === 'http://127.0.0.1:7400' ? '' : ` --url ${url}`;
    lines.push(
      '',
      'See a message arrive. In a second terminal, a device of user "ann":',
      '',
      `  export PUSH_KEY=${fresh.apiKey}`,
      `  npm run listen -- ann${elsewhere}`,
      '',
      'In a third one, a message to her:',
      '',
      `  curl -X POST ${url}/v1/messages \\`,
      `    -H 'Authorization: Bearer ${fresh.apiKey}' -H 'Content-Type: application/json' \\`,
      `    -d '{"to":{"users":["ann"]},"type":"greeting","data":{"text":"Hello, Ann!"}}'`,
    );
  }
  lines.push(rule, '');
  return lines.join('\n');
}
