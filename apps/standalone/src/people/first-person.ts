import { randomBytes } from 'node:crypto';
import type { Desk } from './desk.js';
import { newPassword } from './password.js';
import { EVERY_TENANT } from './people.js';

export const FIRST_PERSON = 'admin';

/**
 * The first start makes somebody who may sign in: `admin`, for every tenant. Without a password that was given it makes one, which is
 * answered here and nowhere else, and which has to be changed at the first sign-in. Of several nodes one does.
 */
export async function makeFirstPerson(
  { people, passwords, clock }: Desk,
  givenPassword: string | undefined,
): Promise<string | undefined> {
  const password = givenPassword ?? newPassword();
  // Most starts are not the first: no work for them.
  if ((await people.people()).length > 0) return undefined;
  const made = await people.addFirst({
    id: newPersonId(),
    name: FIRST_PERSON,
    role: 'admin',
    tenant: EVERY_TENANT,
    password: await passwords.hash(password),
    mustChangePassword: givenPassword === undefined,
    disabled: false,
    mapped: false,
    recovery: [],
    createdAt: clock.now(),
  });
  return made && givenPassword === undefined ? password : undefined;
}

export const newPersonId = (): string => randomBytes(8).toString('hex');
