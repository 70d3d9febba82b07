import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { AccountMedium } from '../accounts/account-medium.js';
import { AuditStore } from '../audit/audit-store.js';
import { KeyRing } from '../ring/key-ring.js';
import { NOTHING } from '../stats/figures.js';
import { HOUR_MS, MINUTE_MS, StatStore } from '../stats/stat-store.js';
import { AttemptStore, ATTEMPT_MS } from './oidc/attempt-store.js';
import type { StoredPerson } from './people.js';
import { PeopleStore } from './people-store.js';
import { sealedPeople } from './sealed-people.js';
import { IDLE_MS, LONGEST_MS, SessionStore } from './session-store.js';
import { totpAad } from './totp.js';

const person = (id: string, more: Partial<StoredPerson> = {}): StoredPerson => ({
  id,
  name: id,
  role: 'reader',
  tenant: '*',
  password: '$argon2id$…',
  mustChangePassword: false,
  disabled: false,
  subject: undefined,
  mapped: false,
  totp: undefined,
  totpNext: undefined,
  recovery: [],
  createdAt: 1_790_000_000_000,
  ...more,
});

/** What people, sessions, the audit log and the figures promise in every database. `make`: one with nothing in it yet, opened. */
export function describePeople(title: string, make: () => AccountMedium | Promise<AccountMedium>): void {
  describe(title, () => {
    let medium: AccountMedium;
    let people: PeopleStore;
    let sessions: SessionStore;
    beforeEach(async () => {
      medium = await make();
      people = new PeopleStore(medium);
      sessions = new SessionStore(medium);
    });
    afterEach(() => medium.close());

    it('keep a person whole, once under a name, and the first one once', async () => {
      const first = await Promise.all(['a', 'b', 'c'].map((id) => people.addFirst(person(id))));
      expect(first.filter((made) => made)).toHaveLength(1);
      const whole = person('x', {
        subject: 's',
        mapped: true,
        totp: 't',
        totpNext: 'n',
        recovery: ['1', '2'],
        tenant: 'ä',
      });
      expect(await people.add(whole)).toBe(true);
      expect(await people.add(person('y', { name: 'x' }))).toBe(false);
      expect(await people.person('x')).toEqual(whole);
      expect(await people.named('x')).toEqual(whole);
      expect(await people.bySubject('s')).toEqual(whole);
      expect(await people.named(`x' OR '1'='1`)).toBeUndefined();
      const changed = { ...whole, totp: undefined, totpNext: 'n', disabled: true, recovery: ['2'] };
      expect(await people.change('x', { totp: null, disabled: true, recovery: ['2'] })).toEqual(changed);
      expect(await people.person('x')).toEqual(changed);
      expect(await people.change('nobody', {})).toBeUndefined();
      expect(await people.remove('x')).toBe(true);
      expect(await people.people()).toHaveLength(1);
    });

    it('take each code once, however many come with it', async () => {
      await people.add(person('x', { recovery: ['one', 'two'] }));
      const steps = await Promise.all([7, 7, 7].map((step) => people.useTotpStep('x', step)));
      expect(steps.filter((used) => used)).toHaveLength(1);
      expect(await people.useTotpStep('x', 6)).toBe(false);
      expect(await people.useTotpStep('x', 8)).toBe(true);
      const codes = await Promise.all(['one', 'one', 'three'].map((code) => people.useRecoveryCode('x', code)));
      expect(codes.filter((used) => used)).toHaveLength(1);
      expect((await people.person('x'))?.recovery).toEqual(['two']);
    });

    it('end sessions that are idle or too old, all of somebody, and those of a tenant that goes', async () => {
      await people.add(person('x'));
      await people.add(person('y', { tenant: 'acme' }));
      const begin = 1_790_000_000_000;
      const bearer = await sessions.begin('x', begin);
      expect((await sessions.personOf(bearer, begin + IDLE_MS - 1))?.id).toBe('x');
      // That was a use: it goes on from there.
      expect((await sessions.personOf(bearer, begin + IDLE_MS + 1))?.id).toBe('x');
      expect(await sessions.personOf(bearer, begin + 3 * IDLE_MS)).toBeUndefined();
      for (let at = begin; at < begin + LONGEST_MS; at += IDLE_MS / 2) await sessions.personOf(bearer, at);
      expect(await sessions.personOf(bearer, begin + LONGEST_MS)).toBeUndefined();

      const others = [await sessions.begin('x', begin), await sessions.begin('x', begin)];
      await sessions.endAllOf('x');
      for (const one of others) expect(await sessions.personOf(one, begin)).toBeUndefined();
      const ofTenant = await sessions.begin('y', begin);
      expect(await people.removeOf('acme')).toBe(1);
      expect(await sessions.personOf(ofTenant, begin)).toBeUndefined();
      const { rows } = await medium.run('SELECT * FROM push_session');
      expect(JSON.stringify(rows)).not.toContain(bearer.slice('push_session_'.length));
    });

    it('let an attempt at a provider end once, in time', async () => {
      const attempts = new AttemptStore(medium);
      const attempt = { state: 's', nonce: 'n', verifier: 'v'.repeat(43) };
      await attempts.begin('c', attempt, 1_000_000);
      await attempts.begin('late', attempt, 1_000_000);
      expect(await attempts.take('other', 1_000_001)).toBeUndefined();
      expect(await attempts.take('c', 1_000_001)).toEqual(attempt);
      expect(await attempts.take('c', 1_000_001)).toBeUndefined();
      expect(await attempts.take('late', 1_000_000 + ATTEMPT_MS)).toBeUndefined();
    });

    it('are sealed by another key, and open as before', async () => {
      const [old, fresh] = ['old', 'new'].map((id) => ({ id, key: randomBytes(32) }));
      if (!old || !fresh) throw new Error('two keys');
      const before = new KeyRing([old]);
      await people.add(person('x', { totp: before.seal('SECRET', totpAad('x')) }));
      const both = new KeyRing([fresh, old]);
      expect(await sealedPeople(people, both).reseal()).toEqual({ resealed: 1, kept: 0 });
      expect(await sealedPeople(people, both).reseal()).toEqual({ resealed: 0, kept: 1 });
      const kept = (await people.person('x'))?.totp ?? '';
      expect(new KeyRing([fresh]).open(kept, totpAad('x'))).toBe('SECRET');
    });

    it('have an audit log that is read both ways, and one secret for its digests', async () => {
      const store = new AuditStore(medium);
      const entries = Array.from({ length: 30 }, (_, at) => ({
        id: `00000000${(at % 10).toString(36)}${at.toString().padStart(5, '0')}`,
        at,
        actor: { kind: 'person', id: 'p', ...(at % 2 ? { name: 'ann' } : {}) } as const,
        ...(at % 3 ? { tenant: `t${at % 3}` } : {}),
        action: 'act',
        outcome: 'ok' as const,
      }));
      await store.add(entries);
      const ids = entries.map(({ id }) => id).sort();
      expect((await store.oldest({ limit: 99 })).map(({ id }) => id)).toEqual(ids);
      expect((await store.newest({ limit: 5 })).map(({ id }) => id)).toEqual(ids.slice(-5).reverse());
      expect(await store.newest({ limit: 99, tenant: 't1' })).toHaveLength(10);
      expect((await store.oldest({ limit: 99 }))[0]).toEqual(entries[0]);
      const secrets = await Promise.all([1, 2, 3].map((byte) => store.secret(Buffer.alloc(32, byte))));
      expect(new Set(secrets.map((secret) => secret.toString('hex'))).size).toBe(1);
    });

    it('have figures that add up, by minutes and by hours', async () => {
      const store = new StatStore(medium);
      const at = 480_000 * HOUR_MS;
      for (const source of ['a', 'b']) await store.add(source, at, { ...NOTHING, accepted: 2, reasons: { x: 1 } });
      await store.add('a', at + HOUR_MS, { ...NOTHING, accepted: 1 });
      await Promise.all([1, 2, 3].map(() => store.rollUp(at + HOUR_MS, 0)));
      expect(await store.since(at)).toMatchObject([
        { at, step: HOUR_MS, figures: { accepted: 4, reasons: { x: 2 } } },
        { at: at + HOUR_MS, step: MINUTE_MS, figures: { accepted: 1 } },
      ]);
    });
  });
}
