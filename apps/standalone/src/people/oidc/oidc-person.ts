import { newPersonId } from '../first-person.js';
import type { Desk } from '../desk.js';
import type { StoredPerson } from '../people.js';
import { nameOf } from '../sign-in.js';
import type { OidcSettings, RoleRule } from './oidc-settings.js';

export interface OidcIdentity {
  /** Of the provider and the person there, hashed. */
  readonly subject: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly roles: OidcSettings['roles'];
}

export type Admission =
  | { readonly kind: 'in'; readonly person: StoredPerson }
  /** The provider knows them; nobody let them in here. */
  | { readonly kind: 'stranger' };

/**
 * Who somebody is that an OpenID provider vouches for: the person who came that way before; else one whom an administrator
 * added under that e-mail address, if the provider has verified it; else, where a role is mapped, somebody new. A mapped role is
 * read anew at every sign-in, and whoever has none any more stays outside.
 */
export async function personFor({ people, clock }: Desk, { subject, claims, roles }: OidcIdentity): Promise<Admission> {
  const rule = roles && ruleFor(claims, roles);
  const email = typeof claims.email === 'string' && claims.email_verified === true ? nameOf(claims.email) : undefined;

  const known = await people.bySubject(subject);
  if (known) {
    if (known.disabled) return { kind: 'stranger' };
    if (!known.mapped) return { kind: 'in', person: known };
    if (!rule) return { kind: 'stranger' };
    return admitted(await people.change(known.id, { role: rule.role, tenant: rule.tenant }));
  }
  const added = email === undefined ? undefined : await people.named(email);
  // One who came from elsewhere before is somebody else, whatever the address.
  if (added?.subject === undefined && added && !added.disabled)
    return admitted(await people.change(added.id, { subject }));
  if (added || !rule) return { kind: 'stranger' };

  const person: StoredPerson = {
    id: newPersonId(),
    name: email ?? `oidc-${subject.slice(0, 16)}`,
    role: rule.role,
    tenant: rule.tenant,
    subject,
    mapped: true,
    mustChangePassword: false,
    disabled: false,
    recovery: [],
    createdAt: clock.now(),
  };
  return (await people.add(person)) ? { kind: 'in', person } : { kind: 'stranger' };
}

const admitted = (person: StoredPerson | undefined): Admission =>
  person ? { kind: 'in', person } : { kind: 'stranger' };

/** The first that fits: the operator writes the strongest first. */
function ruleFor(
  claims: Readonly<Record<string, unknown>>,
  { claim, rules }: NonNullable<OidcSettings['roles']>,
): RoleRule | undefined {
  const value = claims[claim];
  const values = Array.isArray(value) ? (value as unknown[]) : [value];
  return rules.find((rule) => values.includes(rule.value));
}
