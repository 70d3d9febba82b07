import { describe, expect, it } from '@jest/globals';
import { ManualClock } from 'push-core/testing';
import { AccountAuthenticator } from './account-authenticator.js';
import type { Accounts } from './accounts.js';
import { newApiKey } from './api-key.js';
import { makeFirstKeys } from './first-start.js';
import { openedAccounts } from './opened-accounts.fixture.js';

/** What every implementation promises of keys that end. */
export function describeKeyEnds(title: string, make: () => Accounts | Promise<Accounts>): void {
  describe(`${title}: keys that end`, () => {
    const accounts = openedAccounts(make);

    it('are good until their last millisecond', async () => {
      const clock = new ManualClock();
      await makeFirstKeys(accounts(), undefined, clock.now());
      const { key, stored } = newApiKey('default', 'admin', clock.now(), { name: 'CI', expiresAt: clock.now() + 1000 });
      await accounts().addKey(stored);
      const authenticator = new AccountAuthenticator(accounts(), undefined, clock);
      const kind = async () => (await authenticator.authenticate(key, undefined)).kind;
      await clock.advance(999);
      expect(await kind()).toBe('ok');
      await clock.advance(1);
      expect(await kind()).toBe('unauthorized');
      const found = (await accounts().keys('default')).find(({ id }) => id === stored.id);
      expect(found).toMatchObject({ name: 'CI', expiresAt: stored.expiresAt });
    });

    it('are replaced once, by a key that is good beside them until then', async () => {
      const clock = new ManualClock();
      await makeFirstKeys(accounts(), undefined, clock.now());
      const old = newApiKey('default', 'publisher', clock.now());
      const next = newApiKey('default', 'publisher', clock.now());
      await accounts().addKey(old.stored);
      const authenticator = new AccountAuthenticator(accounts(), undefined, clock);
      const kinds = () =>
        Promise.all([old, next].map(async ({ key }) => (await authenticator.authenticate(key, undefined)).kind));
      expect(await kinds()).toEqual(['ok', 'unauthorized']);

      const endsAt = clock.now() + 500;
      const rotate = (tenant: string, id: string) => accounts().rotateKey(tenant, id, next.stored, endsAt);
      expect(await rotate('other', old.stored.id)).toBe('no-such-key');
      expect(await kinds()).toEqual(['ok', 'unauthorized']);
      expect(await rotate('default', old.stored.id)).toBe('rotated');
      expect(await rotate('default', old.stored.id)).toBe('rotated-before');
      expect(await kinds()).toEqual(['ok', 'ok']);
      await clock.advance(500);
      expect(await kinds()).toEqual(['unauthorized', 'ok']);
      expect(await accounts().key(old.stored.id)).toMatchObject({ expiresAt: endsAt, replacedBy: next.stored.id });
    });

    it('end no later for being replaced', async () => {
      await makeFirstKeys(accounts(), undefined, 1);
      const old = newApiKey('default', 'publisher', 1, { expiresAt: 100 });
      await accounts().addKey(old.stored);
      await accounts().rotateKey('default', old.stored.id, newApiKey('default', 'publisher', 2).stored, 1000);
      expect(await accounts().key(old.stored.id)).toMatchObject({ expiresAt: 100 });
    });
  });
}
