import { mediumIn } from '../../accounts/accounts-in.js';
import type { AccountMedium } from '../../accounts/account-medium.js';
import type { KeptDatabase } from './database-of.js';

/** What goes into a backup beside the engine's own tables. Who is signed in does not outlive a restore. */
const TABLES: ReadonlySet<string> = new Set([
  ...['push_tenant', 'push_api_key', 'push_admin_key', 'push_ring_key'],
  ...['push_person', 'push_audit', 'push_audit_key', 'push_stat'],
]);
const SIGNED_IN = ['push_session', 'push_oidc_attempt'];

export const isAccountTable = (name: string): boolean => TABLES.has(name);

/** The tables of accounts, made or brought up to date, for as long as `work` lasts. */
export async function withAccounts<T>(database: KeptDatabase, work: (medium: AccountMedium) => Promise<T>): Promise<T> {
  const medium = mediumIn(database);
  try {
    await medium.open();
    return await work(medium);
  } finally {
    await medium.close();
  }
}

export async function signEverybodyOut({ run }: AccountMedium): Promise<void> {
  for (const table of SIGNED_IN) await run(`DELETE FROM ${table}`);
}
