import { randomBytes } from 'node:crypto';
import type { Accounts } from './accounts.js';
import { TENANT_SECRET_BYTES, hashOf, newAdminKey, newApiKey, sameHash } from './api-key.js';

export const DEFAULT_TENANT = 'default';

/** Keys that were made just now: the only time they can be shown. */
export interface FreshKeys {
  readonly apiKey?: string;
  readonly adminKey?: string;
}

/** The first start makes tenant `default` with one key, and an admin key unless one is given. Later starts make nothing. */
export async function makeFirstKeys(
  accounts: Accounts,
  givenAdminKey: string | undefined,
  now: number,
): Promise<FreshKeys> {
  const created = await accounts.addTenant({ id: DEFAULT_TENANT, createdAt: now }, randomBytes(TENANT_SECRET_BYTES));
  // Without a key yet also when an earlier first start was cut off between the two.
  const needsKey =
    created || ((await accounts.adminHash()) === undefined && (await accounts.keys(DEFAULT_TENANT)).length === 0);
  const fresh: { apiKey?: string; adminKey?: string } = {};
  if (needsKey) {
    const { key, stored } = newApiKey(DEFAULT_TENANT, 'publisher', now);
    await accounts.addKey(stored);
    fresh.apiKey = key;
  }
  const present = await accounts.adminHash();
  if (givenAdminKey !== undefined) {
    const hash = hashOf(givenAdminKey);
    if (!present || !sameHash(present, hash)) await accounts.setAdminHash(hash);
  } else if (!present) {
    const { key, hash } = newAdminKey();
    await accounts.setAdminHash(hash);
    fresh.adminKey = key;
  }
  return fresh;
}

/** What a terminal, or a file that collects the output, shows of them. Empty when there is nothing new. */
export function firstStartText(fresh: FreshKeys, url: string): string {
  if (!fresh.apiKey && !fresh.adminKey) return '';
  const rule = '─'.repeat(78);
  const lines = [rule, 'First start. These keys are shown this once and kept only as hashes; note them down.', ''];
  if (fresh.apiKey) lines.push(`  API key (tenant "${DEFAULT_TENANT}"):  ${fresh.apiKey}`);
  if (fresh.adminKey) lines.push(`  Admin key (every tenant): ${fresh.adminKey}`);
  if (fresh.apiKey) {
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
