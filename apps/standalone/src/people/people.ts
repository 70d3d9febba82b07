import type { Role } from '../accounts/accounts.js';

/** In place of a tenant: every one. */
export const EVERY_TENANT = '*';

/** Somebody who may sign in to the console. */
export interface Person {
  readonly id: string;
  /** Unique, in small letters. An e-mail address where somebody signs in elsewhere. */
  readonly name: string;
  readonly role: Role;
  /** `*` or one tenant. */
  readonly tenant: string;
  readonly disabled: boolean;
  readonly totp: boolean;
  /** Nothing else is open to them before they have. */
  readonly mustChangePassword: boolean;
  /** Unix milliseconds. */
  readonly createdAt: number;
}

/** A person as they are kept. No password and no code is anywhere in readable form. */
export interface StoredPerson extends Omit<Person, 'totp'> {
  /** argon2id; undefined: no sign-in by password. */
  readonly password?: string;
  /** At an OpenID provider: issuer and subject, hashed. */
  readonly subject?: string;
  /** Role and tenant come from the provider's claims, at every sign-in. */
  readonly mapped: boolean;
  /** Sealed. */
  readonly totp?: string;
  /** Sealed: shown, not confirmed yet. */
  readonly totpNext?: string;
  /** Hashes of the recovery codes that are left. */
  readonly recovery: readonly string[];
}

export type PersonChange = Partial<Omit<StoredPerson, 'id' | 'createdAt' | 'totp' | 'totpNext'>> & {
  /** null: none any more. */
  readonly totp?: string | null;
  readonly totpNext?: string | null;
};

export const shownPerson = (person: StoredPerson): Person => ({
  id: person.id,
  name: person.name,
  role: person.role,
  tenant: person.tenant,
  disabled: person.disabled,
  totp: person.totp !== undefined,
  mustChangePassword: person.mustChangePassword,
  createdAt: person.createdAt,
});
