import type { Clock } from 'push-core';
import type { AccountMedium } from '../accounts/account-medium.js';
import type { Accounts } from '../accounts/accounts.js';
import type { Audit } from '../audit/audit.js';
import type { KeyRing } from '../ring/key-ring.js';
import { Passwords } from './password.js';
import { PeopleStore } from './people-store.js';
import { PersonSessions } from './person-sessions.js';
import { SessionStore } from './session-store.js';
import { SignIn } from './sign-in.js';
import { SignInThrottle } from './sign-in-throttle.js';

/** Injects `Desk`. */
export const DESK = Symbol.for('standalone.desk');

export interface DeskSettings {
  /** Whoever signs in with a password must have an authenticator app. */
  readonly totpRequired: boolean;
  /** Where a proxy makes this server known, as an origin. */
  readonly publicOrigin?: string;
  readonly version: string;
}

export interface DeskParts {
  readonly medium: AccountMedium;
  readonly accounts: Accounts;
  readonly ring: KeyRing;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly settings: DeskSettings;
}

/** All that has to do with people who sign in, put together once. */
export class Desk {
  readonly people: PeopleStore;
  readonly sessions: SessionStore;
  readonly passwords = new Passwords();
  readonly signIn: SignIn;
  readonly keys: PersonSessions;
  readonly accounts: Accounts;
  readonly ring: KeyRing;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly settings: DeskSettings;

  constructor({ medium, accounts, ring, audit, clock, settings }: DeskParts) {
    this.people = new PeopleStore(medium);
    this.sessions = new SessionStore(medium);
    this.signIn = new SignIn(this.people, this.passwords, new SignInThrottle(clock), ring, clock);
    this.keys = new PersonSessions(this.sessions, accounts, { totpRequired: settings.totpRequired, clock });
    this.accounts = accounts;
    this.ring = ring;
    this.audit = audit;
    this.clock = clock;
    this.settings = settings;
  }
}
