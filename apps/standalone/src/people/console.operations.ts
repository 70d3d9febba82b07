import type { Operation } from 'nest-push/http';
import type { JsonSchema } from 'push-core';
import { MOST_PASSWORD } from './password.js';

const name: JsonSchema = { type: 'string', minLength: 1, maxLength: 128 };
const password: JsonSchema = { type: 'string', minLength: 1, maxLength: MOST_PASSWORD };
const code: JsonSchema = { type: 'string', minLength: 6, maxLength: 40 };
const truth: JsonSchema = { type: 'boolean' };
const text: JsonSchema = { type: 'string' };
const answer = (properties: Record<string, JsonSchema>, optional: readonly string[] = []): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((one) => !optional.includes(one)),
});
const exactly = (properties: Record<string, JsonSchema>, optional: readonly string[] = []): JsonSchema => ({
  ...answer(properties, optional),
  additionalProperties: false,
});
const CONSOLE = "Of the console's own pages: with the header X-Push-Console: 1";

const consoleCall = (
  call: Pick<Operation, 'id' | 'method' | 'path' | 'summary' | 'answer'> & Partial<Operation>,
): Operation => ({
  tag: 'console',
  access: 'open',
  ...call,
});

export const sessionOperation = consoleCall({
  id: 'consoleSession',
  method: 'GET',
  path: '/console/session',
  summary: `Who is signed in, and how one may sign in. ${CONSOLE}`,
  answer: {
    status: 200,
    description: 'The person, or none',
    schema: answer(
      {
        signedIn: truth,
        methods: answer({ local: truth, oidc: answer({ name: text }) }, ['oidc']),
        person: answer({
          id: text,
          name: text,
          role: text,
          tenant: text,
          totp: truth,
          mustChangePassword: truth,
          mustSetUpTotp: truth,
        }),
        version: text,
      },
      ['person', 'version'],
    ),
  },
});

export const signInOperation = consoleCall({
  id: 'signIn',
  method: 'POST',
  path: '/console/sign-in',
  summary: `Sign in with a password, and a code where an authenticator app is set up. ${CONSOLE}`,
  body: { schema: exactly({ name, password, code }, ['code']) },
  answer: {
    status: 200,
    description: '`totp`: call again with the code as well',
    schema: answer({ next: { enum: ['done', 'totp'] } }),
  },
  errors: ['UNAUTHORIZED', 'NOT_ALLOWED', 'RATE_LIMITED', 'OVERLOADED', 'STORE_UNAVAILABLE'],
});

export const signOutOperation = consoleCall({
  id: 'signOut',
  method: 'POST',
  path: '/console/sign-out',
  summary: `End the session. ${CONSOLE}`,
  answer: { status: 204, description: 'It is over' },
  errors: ['NOT_ALLOWED', 'STORE_UNAVAILABLE'],
});

const signedIn = ['UNAUTHORIZED', 'NOT_ALLOWED', 'RATE_LIMITED', 'OVERLOADED', 'STORE_UNAVAILABLE'] as const;

export const passwordOperation = consoleCall({
  id: 'changePassword',
  method: 'POST',
  path: '/console/password',
  summary: `Change one's own password; all other sessions end. ${CONSOLE}`,
  body: { schema: exactly({ current: password, next: password }) },
  answer: { status: 204, description: 'It is changed' },
  errors: signedIn,
});

export const totpOperation = consoleCall({
  id: 'setUpTotp',
  method: 'POST',
  path: '/console/totp',
  summary: `A secret for an authenticator app; it counts once it is confirmed. ${CONSOLE}`,
  answer: { status: 200, description: 'Shown this once', schema: answer({ secret: text, url: text }) },
  errors: signedIn,
});

export const confirmTotpOperation = consoleCall({
  id: 'confirmTotp',
  method: 'POST',
  path: '/console/totp/confirm',
  summary: `From now on a code is asked for at the sign-in. ${CONSOLE}`,
  body: { schema: exactly({ code }) },
  answer: {
    status: 200,
    description: 'For whoever loses the telephone; shown this once',
    schema: answer({ recoveryCodes: { type: 'array', items: text } }),
  },
  errors: signedIn,
});

export const removeTotpOperation = consoleCall({
  id: 'removeTotp',
  method: 'POST',
  path: '/console/totp/remove',
  summary: `No code is asked for any more; with one that is good, or a recovery code. ${CONSOLE}`,
  body: { schema: exactly({ code }) },
  answer: { status: 204, description: 'Removed' },
  errors: signedIn,
});

export const sessionOperations: readonly Operation[] = [
  sessionOperation,
  signInOperation,
  signOutOperation,
  passwordOperation,
  totpOperation,
  confirmTotpOperation,
  removeTotpOperation,
];
