import { Inject, Optional, Req, Res } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PUSH } from 'nest-push';
import { CheckedInput, PushController, Route, type Input } from 'nest-push/http';
import { PushError, type Push } from 'push-core';
import { addressOf } from './console-request.js';
import {
  confirmTotpOperation,
  passwordOperation,
  removeTotpOperation,
  sessionOperation,
  signInOperation,
  signOutOperation,
  totpOperation,
} from './console.operations.js';
import { DESK, type Desk } from './desk.js';
import { OIDC, type OidcName } from './oidc/oidc.tokens.js';
import { complaintOf } from './password.js';
import { shownPerson, type Person, type StoredPerson } from './people.js';
import { SessionDoor, type SignedIn } from './session-door.js';
import { newRecoveryCodes, newTotpSecret, recoveryHash, stepOf, totpAad, totpUrl } from './totp.js';

interface SessionAnswer {
  readonly signedIn: boolean;
  readonly methods: { readonly local: true; readonly oidc?: OidcName };
  readonly person?: Person & { readonly mustSetUpTotp: boolean };
  readonly version?: string;
}

/** Signing in and out, and what somebody may change of their own. */
@PushController()
export class SessionController {
  private readonly door: SessionDoor;

  constructor(
    @Inject(DESK) private readonly desk: Desk,
    @Inject(PUSH) private readonly push: Push,
    @Optional() @Inject(OIDC) private readonly oidc?: OidcName,
  ) {
    this.door = new SessionDoor(desk);
  }

  @Route(sessionOperation)
  async session(@Req() request: IncomingMessage): Promise<SessionAnswer> {
    const methods = { local: true, ...(this.oidc ? { oidc: { name: this.oidc.name } } : {}) } as const;
    const found = await this.door.find(request);
    if (!found) return { signedIn: false, methods };
    const { settings } = this.desk;
    const { person } = found;
    const mustSetUpTotp = settings.totpRequired && person.totp === undefined && person.password !== undefined;
    return { signedIn: true, methods, person: { ...shownPerson(person), mustSetUpTotp }, version: settings.version };
  }

  @Route(signInOperation)
  async signIn(
    @Req() request: IncomingMessage,
    @Res({ passthrough: true }) response: ServerResponse,
    @CheckedInput() { body }: Input<{ name: string; password: string; code?: string }>,
  ): Promise<{ next: 'done' | 'totp' }> {
    this.door.refuseOthers(request);
    const address = addressOf(this.push, request);
    const outcome = await this.desk.signIn.attempt({ ...body, address });
    switch (outcome.kind) {
      case 'code':
        return { next: 'totp' };
      case 'wrong':
        // Never the name that was typed: now and then it is a password.
        await this.note('signIn', request, outcome.person, 'UNAUTHORIZED');
        throw new PushError('UNAUTHORIZED', 'Name, password or code is wrong');
      case 'in':
        await this.door.letIn(request, response, outcome.person);
        await this.note('signIn', request, outcome.person);
        return { next: 'done' };
    }
  }

  @Route(signOutOperation)
  async signOut(@Req() request: IncomingMessage, @Res({ passthrough: true }) response: ServerResponse): Promise<void> {
    this.door.refuseOthers(request);
    const found = await this.door.find(request);
    if (found) {
      await this.desk.sessions.end(found.bearer);
      await this.note('signOut', request, found.person);
    }
    this.door.forget(response);
  }

  @Route(passwordOperation)
  async changePassword(
    @Req() request: IncomingMessage,
    @Res({ passthrough: true }) response: ServerResponse,
    @CheckedInput() { body }: Input<{ current: string; next: string }>,
  ): Promise<void> {
    const { person } = await this.signedIn(request);
    await this.desk.signIn.confirm(person, body.current, addressOf(this.push, request));
    const complaint =
      body.next === body.current ? 'Choose another one than before' : complaintOf(body.next, person.name);
    if (complaint) throw new PushError('INVALID', complaint, { field: 'next' });
    const password = await this.desk.passwords.hash(body.next);
    await this.desk.people.change(person.id, { password, mustChangePassword: false });
    await this.desk.sessions.endAllOf(person.id);
    await this.door.letIn(request, response, person);
    await this.note('changePassword', request, person);
  }

  @Route(totpOperation)
  async setUpTotp(@Req() request: IncomingMessage): Promise<{ secret: string; url: string }> {
    const { person } = await this.signedIn(request);
    if (person.totp !== undefined)
      throw new PushError('NOT_ALLOWED', 'An authenticator app is set up; remove it first, with a code of it');
    const secret = newTotpSecret();
    await this.desk.people.change(person.id, { totpNext: this.desk.ring.seal(secret, totpAad(person.id)) });
    return { secret, url: totpUrl(secret, person.name) };
  }

  @Route(confirmTotpOperation)
  async confirmTotp(
    @Req() request: IncomingMessage,
    @CheckedInput() { body }: Input<{ code: string }>,
  ): Promise<{ recoveryCodes: readonly string[] }> {
    const { person } = await this.signedIn(request);
    if (person.totpNext === undefined || person.totp !== undefined)
      throw new PushError('NOT_ALLOWED', 'There is nothing to confirm; begin with POST /console/totp');
    const { ring, people, clock } = this.desk;
    const step = stepOf(body.code, ring.open(person.totpNext, totpAad(person.id)), clock.now());
    if (step === undefined || !(await people.useTotpStep(person.id, step)))
      throw new PushError('NOT_ALLOWED', "The code is wrong; is the telephone's clock right?", { field: 'code' });
    const recoveryCodes = newRecoveryCodes();
    const recovery = recoveryCodes.map(recoveryHash);
    await people.change(person.id, { totp: person.totpNext, totpNext: null, recovery });
    await this.note('confirmTotp', request, person);
    return { recoveryCodes };
  }

  @Route(removeTotpOperation)
  async removeTotp(@Req() request: IncomingMessage, @CheckedInput() { body }: Input<{ code: string }>): Promise<void> {
    const { person } = await this.signedIn(request);
    await this.desk.signIn.confirmCode(person, body.code, addressOf(this.push, request));
    await this.desk.people.change(person.id, { totp: null, totpNext: null, recovery: [] });
    await this.note('removeTotp', request, person);
  }

  private async signedIn(request: IncomingMessage): Promise<SignedIn> {
    this.door.refuseOthers(request);
    const found = await this.door.find(request);
    if (found) return found;
    throw new PushError('UNAUTHORIZED', 'Sign in first');
  }

  private note(
    action: string,
    request: IncomingMessage,
    person: StoredPerson | undefined,
    outcome: 'ok' | 'UNAUTHORIZED' = 'ok',
  ): Promise<void> {
    const actor = person
      ? ({ kind: 'person', id: person.id, name: person.name } as const)
      : ({ kind: 'person', id: 'unknown' } as const);
    const tenant = person && person.tenant !== '*' ? person.tenant : undefined;
    return this.desk.audit.record({ actor, tenant, action, outcome, address: addressOf(this.push, request) });
  }
}
