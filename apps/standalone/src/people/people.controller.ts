import { Inject, Optional } from '@nestjs/common';
import { Caller, CheckedInput, PushController, Route, type Input } from 'nest-push/http';
import { PushError } from 'push-core';
import type { AccountPrincipal } from '../accounts/account-authenticator.js';
import type { Role } from '../accounts/accounts.js';
import { DESK, type Desk } from './desk.js';
import { newPersonId } from './first-person.js';
import { OIDC, type OidcName } from './oidc/oidc.tokens.js';
import { complaintOf, newPassword } from './password.js';
import { EVERY_TENANT, shownPerson, type Person, type PersonChange } from './people.js';
import {
  addPersonOperation,
  changePersonOperation,
  peopleOperation,
  removePersonOperation,
} from './people.operations.js';
import { nameOf } from './sign-in.js';

interface NewPerson {
  readonly name: string;
  readonly role: Role;
  readonly tenant?: string;
  readonly password?: string;
}

interface ChangedPerson {
  readonly role?: Role;
  readonly tenant?: string;
  readonly disabled?: boolean;
  readonly password?: string;
  readonly totp?: false;
}

/** Those who may sign in. Only administrators of the server see and change them. */
@PushController()
export class PeopleController {
  constructor(
    @Inject(DESK) private readonly desk: Desk,
    @Optional() @Inject(OIDC) private readonly oidc?: OidcName,
  ) {}

  @Route(peopleOperation)
  async list(@Caller() caller: AccountPrincipal): Promise<{ people: readonly Person[] }> {
    onlyServerAdmin(caller);
    return { people: (await this.desk.people.people()).map(shownPerson) };
  }

  @Route(addPersonOperation)
  async add(
    @Caller() caller: AccountPrincipal,
    @CheckedInput() { body }: Input<NewPerson>,
  ): Promise<Person & { password?: string }> {
    onlyServerAdmin(caller);
    const { people, passwords, clock } = this.desk;
    const name = nameOf(body.name);
    const tenant = await this.tenantNamed(body.tenant ?? EVERY_TENANT);
    const made = body.password === undefined && !this.oidc ? newPassword() : undefined;
    const chosen = body.password === undefined ? made : acceptable(body.password, name);
    const person = {
      id: newPersonId(),
      name,
      role: body.role,
      tenant,
      password: chosen === undefined ? undefined : await passwords.hash(chosen),
      // Whoever set it knows it.
      mustChangePassword: chosen !== undefined,
      disabled: false,
      mapped: false,
      recovery: [],
      createdAt: clock.now(),
    };
    if (!(await people.add(person)))
      throw new PushError('INVALID', 'Somebody has that name already', { field: 'name' });
    return { ...shownPerson(person), ...(made === undefined ? {} : { password: made }) };
  }

  @Route(changePersonOperation)
  async change(
    @Caller() caller: AccountPrincipal,
    @CheckedInput() { params, body }: Input<ChangedPerson>,
  ): Promise<Person> {
    onlyServerAdmin(caller);
    const { people, passwords, sessions } = this.desk;
    const id = params.id ?? '';
    const person = await people.person(id);
    if (!person) throw notThere();
    const { role, tenant, disabled, password, totp } = body;
    if (caller.actor.id === id && (role ?? tenant ?? disabled) !== undefined)
      throw new PushError('NOT_ALLOWED', 'Nobody changes what they may do themselves; ask another administrator');
    const change: PersonChange = {
      ...(role === undefined ? {} : { role, mapped: false }),
      ...(tenant === undefined ? {} : { tenant: await this.tenantNamed(tenant), mapped: false }),
      ...(disabled === undefined ? {} : { disabled }),
      ...(password === undefined
        ? {}
        : { password: await passwords.hash(acceptable(password, person.name)), mustChangePassword: true }),
      ...(totp === undefined ? {} : { totp: null, totpNext: null, recovery: [] }),
    };
    const changed = await people.change(id, change);
    if (!changed) throw notThere();
    await sessions.endAllOf(id);
    return shownPerson(changed);
  }

  @Route(removePersonOperation)
  async remove(@Caller() caller: AccountPrincipal, @CheckedInput() { params }: Input): Promise<void> {
    onlyServerAdmin(caller);
    const id = params.id ?? '';
    if (caller.actor.id === id) throw new PushError('NOT_ALLOWED', 'Nobody removes themselves');
    await this.desk.sessions.endAllOf(id);
    if (!(await this.desk.people.remove(id))) throw notThere();
  }

  private async tenantNamed(tenant: string): Promise<string> {
    if (tenant === EVERY_TENANT || (await this.desk.accounts.tenant(tenant))) return tenant;
    throw new PushError('NOT_FOUND', 'There is no such tenant', { field: 'tenant' });
  }
}

function acceptable(password: string, name: string): string {
  const complaint = complaintOf(password, name);
  if (complaint) throw new PushError('INVALID', complaint, { field: 'password' });
  return password;
}

function onlyServerAdmin({ everyTenant }: AccountPrincipal): void {
  if (!everyTenant) throw new PushError('NOT_ALLOWED', 'Only administrators of the server may do this');
}

const notThere = () => new PushError('NOT_FOUND', 'There is no such person');
