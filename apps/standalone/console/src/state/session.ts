import { computed, signal } from '@preact/signals';
import type { Person, SessionAnswer, SignInMethods } from '../api/types';

export type Session =
  | { readonly is: 'asked' }
  | { readonly is: 'unreachable'; readonly why: unknown }
  | { readonly is: 'out'; readonly methods: SignInMethods }
  | { readonly is: 'in'; readonly person: Person; readonly version: string; readonly methods: SignInMethods };

export const session = signal<Session>({ is: 'asked' });

/** The cookie has ended under an open page: who signs in again goes on where they were. */
export const hasExpired = signal(false);

export const person = computed(() => (session.value.is === 'in' ? session.value.person : undefined));
/** May see and change what is the server's and not a tenant's. */
export const isServerAdmin = computed(() => person.value?.role === 'admin' && person.value.tenant === '*');
export const isAdmin = computed(() => person.value?.role === 'admin');
export const mayPublish = computed(() => person.value !== undefined && person.value.role !== 'reader');

let again: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

/** Resolves when somebody has signed in again; every call that was refused meanwhile waits for the same. */
export function signedInAgain(): Promise<void> {
  if (again === undefined) {
    let resolve: () => void = () => {};
    const promise = new Promise<void>((done) => (resolve = done));
    again = { promise, resolve };
    hasExpired.value = true;
  }
  return again.promise;
}

export function take(answer: SessionAnswer): void {
  if (!answer.signedIn) {
    session.value = { is: 'out', methods: answer.methods };
    return;
  }
  const before = person.value?.id;
  // Somebody else has sat down: what the one before had open is not theirs.
  if (hasExpired.value && before !== undefined && before !== answer.person.id) return location.reload();
  session.value = { is: 'in', person: answer.person, version: answer.version, methods: answer.methods };
  hasExpired.value = false;
  again?.resolve();
  again = undefined;
}
