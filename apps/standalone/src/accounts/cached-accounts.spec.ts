import { describe, expect, it } from '@jest/globals';
import { ManualClock } from 'push-core/testing';
import { AccountAuthenticator } from './account-authenticator.js';
import { newApiKey } from './api-key.js';
import { CachedAccounts } from './cached-accounts.js';
import { describeAccounts } from './accounts.fixture.js';
import { makeFirstKeys } from './first-start.js';
import { MemoryAccounts } from './memory-accounts.js';
import type { TenantSecrets } from './tenant.js';

/** Counts the questions that reach the accounts behind. */
class Behind extends MemoryAccounts {
  asked = 0;
  override key(...given: Parameters<MemoryAccounts['key']>): ReturnType<MemoryAccounts['key']> {
    this.asked++;
    return super.key(...given);
  }
  override secretsOf(...given: Parameters<MemoryAccounts['secretsOf']>): ReturnType<MemoryAccounts['secretsOf']> {
    this.asked++;
    return super.secretsOf(...given);
  }
}

describeAccounts('accounts remembered for a while', () => new CachedAccounts(new MemoryAccounts()));

describe('accounts remembered for a while', () => {
  async function fresh() {
    const clock = new ManualClock();
    const behind = new Behind();
    const accounts = new CachedAccounts(behind, clock);
    const { apiKey = '' } = await makeFirstKeys(accounts, undefined, 1);
    return { clock, behind, accounts, authenticator: new AccountAuthenticator(accounts), apiKey };
  }

  it('are asked for once in five seconds, and once by all who ask together', async () => {
    const { clock, behind, accounts, authenticator, apiKey } = await fresh();
    await Promise.all(Array.from({ length: 50 }, () => authenticator.authenticate(apiKey, undefined)));
    await authenticator.authenticate(apiKey, undefined);
    expect(behind.asked).toBe(1);
    await accounts.secretsOf('default');
    await accounts.secretsOf('default');
    expect(behind.asked).toBe(2);
    await clock.advance(5_000);
    await authenticator.authenticate(apiKey, undefined);
    expect(behind.asked).toBe(3);
  });

  it('forget a key at once where it is removed, elsewhere within five seconds', async () => {
    const { clock, behind, accounts, authenticator, apiKey } = await fresh();
    const kind = async (key: string) => (await authenticator.authenticate(key, undefined)).kind;
    const own = newApiKey('default', 'reader', 2);
    await accounts.addKey(own.stored);
    expect([await kind(apiKey), await kind(own.key)]).toEqual(['ok', 'ok']);
    await accounts.removeKey('default', own.stored.id);
    expect(await kind(own.key)).toBe('unauthorized');

    const [first] = await behind.keys('default');
    await behind.removeKey('default', first?.id ?? '');
    await clock.advance(4_999);
    expect(await kind(apiKey)).toBe('ok');
    await clock.advance(1);
    expect(await kind(apiKey)).toBe('unauthorized');
  });

  it('do not remember what was removed while it was being read', async () => {
    const { behind, accounts } = await fresh();
    const { stored } = newApiKey('default', 'reader', 2);
    await accounts.addKey(stored);
    const reading = accounts.key(stored.id);
    await accounts.removeKey('default', stored.id);
    await reading;
    const before = behind.asked;
    await expect(accounts.key(stored.id)).resolves.toBeUndefined();
    expect(behind.asked).toBe(before + 1);
  });

  it('do not remember what is not there, nor that it could not be asked', async () => {
    const { behind, accounts } = await fresh();
    await expect(accounts.key('abc')).resolves.toBeUndefined();
    const { stored } = newApiKey('default', 'reader', 2);
    await behind.addKey({ ...stored, id: 'abc' });
    await expect(accounts.key('abc')).resolves.toMatchObject({ id: 'abc' });
    const broken = new CachedAccounts(
      new (class extends MemoryAccounts {
        tries = 0;
        override async secretsOf(): Promise<TenantSecrets> {
          if (++this.tries === 1) throw new Error('down');
          return { current: new Uint8Array(1) };
        }
      })(),
    );
    await expect(broken.secretsOf('t')).rejects.toThrow('down');
    await expect(broken.secretsOf('t')).resolves.toHaveProperty('current');
  });
});
