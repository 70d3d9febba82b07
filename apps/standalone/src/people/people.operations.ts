import type { Operation } from 'nest-push/http';
import { idSchema, type JsonSchema } from 'push-core';
import { ROLES } from '../accounts/accounts.js';
import { MOST_PASSWORD } from './password.js';

const text: JsonSchema = { type: 'string' };
const truth: JsonSchema = { type: 'boolean' };
const role: JsonSchema = { enum: ROLES };
const tenant: JsonSchema = { ...idSchema, description: '`*`: every one' };
const password: JsonSchema = { type: 'string', minLength: 1, maxLength: MOST_PASSWORD };
const properties: Record<string, JsonSchema> = {
  id: text,
  name: text,
  role,
  tenant: text,
  disabled: truth,
  totp: { ...truth, description: 'has an authenticator app' },
  mustChangePassword: truth,
  createdAt: { type: 'integer', description: 'Unix milliseconds' },
};
const person: JsonSchema = { type: 'object', properties, required: Object.keys(properties) };

const call = (
  one: Pick<Operation, 'id' | 'method' | 'path' | 'summary' | 'answer'> & Partial<Operation>,
): Operation => ({
  tag: 'people',
  access: 'admin',
  ...one,
});

export const peopleOperation = call({
  id: 'people',
  method: 'GET',
  path: '/v1/people',
  summary: 'Who may sign in to the console, by name. For administrators of the server',
  answer: {
    status: 200,
    description: 'The people',
    schema: { type: 'object', properties: { people: { type: 'array', items: person } }, required: ['people'] },
  },
});

export const addPersonOperation = call({
  id: 'addPerson',
  method: 'POST',
  path: '/v1/people',
  summary:
    'Somebody more. Without a password one is made, or they sign in at the OpenID provider under this e-mail address',
  body: {
    schema: {
      type: 'object',
      properties: { name: idSchema, role, tenant, password },
      required: ['name', 'role'],
      additionalProperties: false,
    },
  },
  answer: {
    status: 201,
    description: 'The person; with the password that was made, for the only time',
    schema: { type: 'object', properties: { ...properties, password: text }, required: Object.keys(properties) },
  },
  errors: ['NOT_FOUND'],
});

export const changePersonOperation = call({
  id: 'changePerson',
  method: 'PUT',
  path: '/v1/people/{id}',
  summary:
    'Another role or tenant, no more or again; a new password, no authenticator app any more. Their sessions end',
  body: {
    schema: {
      type: 'object',
      properties: { role, tenant, disabled: truth, password, totp: { const: false } },
      additionalProperties: false,
    },
  },
  answer: { status: 200, description: 'As they are now', schema: person },
  errors: ['NOT_FOUND'],
});

export const removePersonOperation = call({
  id: 'removePerson',
  method: 'DELETE',
  path: '/v1/people/{id}',
  summary: 'They are gone, their sessions too',
  answer: { status: 204, description: 'They are gone' },
  errors: ['NOT_FOUND'],
});

export const peopleOperations: readonly Operation[] = [
  peopleOperation,
  addPersonOperation,
  changePersonOperation,
  removePersonOperation,
];
