import { afterEach, beforeEach } from '@jest/globals';
import type { Accounts } from './accounts.js';

/** New ones for each test, opened before and closed after it. */
export function openedAccounts(make: () => Accounts | Promise<Accounts>): () => Accounts {
  let accounts: Accounts;
  beforeEach(async () => {
    accounts = await make();
    await accounts.open();
  });
  afterEach(() => accounts.close());
  return () => accounts;
}
