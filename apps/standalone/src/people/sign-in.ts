import { PushError, type Clock } from 'push-core';
import type { KeyRing } from '../ring/key-ring.js';
import type { Passwords } from './password.js';
import type { StoredPerson } from './people.js';
import type { PeopleStore } from './people-store.js';
import type { SignInThrottle } from './sign-in-throttle.js';
import { recoveryHash, stepOf, totpAad } from './totp.js';

export interface SignInTry {
  readonly name: string;
  readonly password: string;
  /** Of the authenticator app, or a recovery code. */
  readonly code?: string;
  /** Where it comes from. */
  readonly address: string;
}

export type SignInOutcome =
  | { readonly kind: 'in'; readonly person: StoredPerson }
  /** The password is right; the code is missing. */
  | { readonly kind: 'code' }
  /** Whatever of it was wrong. `person`: known by that name, for the audit log alone. */
  | { readonly kind: 'wrong'; readonly person?: StoredPerson };

/** Names are kept in small letters. */
export const nameOf = (text: string): string => text.normalize('NFC').toLowerCase();

/**
 * Password, then code. Whoever tries learns nothing of which names there are: an unknown one, one without a password and
 * a disabled one take the same work and get the same answer.
 */
export class SignIn {
  constructor(
    private readonly people: PeopleStore,
    private readonly passwords: Passwords,
    private readonly throttle: SignInThrottle,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
  ) {}

  /** Throws RATE_LIMITED. */
  async attempt({ name: given, password, code, address }: SignInTry): Promise<SignInOutcome> {
    const name = nameOf(given);
    this.throttle.enter(name, address);
    const person = await this.people.named(name);
    const right = await this.passwords.isRight(password, person?.disabled ? undefined : person?.password);
    if (!person || !right) return { kind: 'wrong', person };
    if (person.totp !== undefined) {
      // Half a try: for this name it stays counted.
      if (code === undefined) {
        this.throttle.notCounted(address);
        return { kind: 'code' };
      }
      if (!(await this.isCode(person, code))) return { kind: 'wrong', person };
    }
    this.throttle.passed(name, address);
    return { kind: 'in', person };
  }

  /** For what needs the password once more, by somebody who has signed in. Throws NOT_ALLOWED or RATE_LIMITED. */
  async confirm(person: StoredPerson, password: string, address: string): Promise<void> {
    this.throttle.enter(person.name, address);
    if (!(await this.passwords.isRight(password, person.password)))
      throw new PushError('NOT_ALLOWED', 'The current password is another', { field: 'current' });
    this.throttle.passed(person.name, address);
  }

  /** For what needs a code once more. Throws NOT_ALLOWED or RATE_LIMITED. */
  async confirmCode(person: StoredPerson, code: string, address: string): Promise<void> {
    this.throttle.enter(person.name, address);
    if (!(await this.isCode(person, code)))
      throw new PushError('NOT_ALLOWED', 'The code is wrong, or was used before', { field: 'code' });
    this.throttle.passed(person.name, address);
  }

  /** Each code is good once. */
  private async isCode(person: StoredPerson, code: string): Promise<boolean> {
    if (person.totp === undefined) return false;
    const plain = code.replaceAll(/[\s-]/g, '');
    const step = stepOf(plain, this.ring.open(person.totp, totpAad(person.id)), this.clock.now());
    if (step !== undefined) return this.people.useTotpStep(person.id, step);
    return plain.length > 6 && this.people.useRecoveryCode(person.id, recoveryHash(plain));
  }
}
