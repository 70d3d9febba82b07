import type { Role } from '../../accounts/accounts.js';
import { EVERY_TENANT } from '../people.js';

/** Whoever has this value in the claim may sign in, as that. */
export interface RoleRule {
  readonly value: string;
  readonly role: Role;
  /** `*` or one tenant. */
  readonly tenant: string;
}

export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  /** Undefined: nobody but those whom an administrator has added. */
  readonly roles?: { readonly claim: string; readonly rules: readonly RoleRule[] };
}

const RULES = /^([\w.:/-]{1,128})=(.+)$/;
const RULE = /^(.{1,128}):(admin|publisher|reader)(?:@(\S{1,128}))?$/;

/** `groups=push-admins:admin,acme-people:reader@acme`; undefined where it is not written so. */
export function readRoles(text: string): OidcSettings['roles'] | undefined {
  const [, claim, list] = RULES.exec(text) ?? [];
  if (claim === undefined || list === undefined) return undefined;
  const rules = list.split(',').map((one) => {
    const [, value = '', role = '', tenant = EVERY_TENANT] = RULE.exec(one.trim()) ?? [];
    return { value, role: role as Role, tenant };
  });
  return rules.every(({ value }) => value !== '') ? { claim, rules } : undefined;
}
