import type { Operation } from 'nest-push/http';
import type { JsonSchema } from 'push-core';

const value: JsonSchema = { type: 'string', maxLength: 4096 };
/** What providers send back beside what is asked for; none of it is looked at. */
const BESIDE = ['session_state', 'scope', 'authuser', 'prompt', 'hd', 'client_info', 'correlation_id'];

export const oidcStartOperation: Operation = {
  id: 'oidcStart',
  method: 'GET',
  path: '/console/oidc/start',
  tag: 'console',
  summary: 'Sends the browser to the OpenID provider',
  access: 'open',
  answer: { status: 302, description: 'To the provider' },
  errors: ['OVERLOADED', 'STORE_UNAVAILABLE'],
};

export const oidcCallbackOperation: Operation = {
  id: 'oidcCallback',
  method: 'GET',
  path: '/console/oidc/callback',
  tag: 'console',
  summary: 'Where the OpenID provider sends the browser back to',
  access: 'open',
  query: Object.fromEntries(
    ['code', 'state', 'iss', 'error', 'error_description', 'error_uri', ...BESIDE].map((name) => [name, value]),
  ),
  answer: { status: 302, description: 'To the console; with `problem=` in its address where nobody was let in' },
  errors: ['OVERLOADED', 'STORE_UNAVAILABLE'],
};

export const oidcOperations: readonly Operation[] = [oidcStartOperation, oidcCallbackOperation];
