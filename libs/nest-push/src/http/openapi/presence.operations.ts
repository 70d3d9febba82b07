import { idSchema } from 'push-core';
import type { Operation } from '../operation.js';
import { answer, listOf, presenceSchema } from './schemas.js';

const tag = 'users';
/** Users one call may ask about. */
const PRESENCE_USERS = 1000;

export const presenceOperation: Operation = {
  id: 'presence',
  method: 'GET',
  path: '/v1/users/{user}/presence',
  tag,
  summary: 'Whether the user is connected, by which devices, and when it was last',
  access: 'read',
  answer: { status: 200, description: 'The user; one never seen is offline without devices', schema: presenceSchema },
  errors: ['STORE_UNAVAILABLE'],
};

export const presenceOfManyOperation: Operation = {
  id: 'presenceOfMany',
  method: 'POST',
  path: '/v1/presence',
  tag,
  summary: `The same for up to ${PRESENCE_USERS} users`,
  access: 'read',
  body: {
    schema: {
      type: 'object',
      properties: { users: { type: 'array', items: idSchema, minItems: 1, maxItems: PRESENCE_USERS } },
      required: ['users'],
      additionalProperties: false,
    },
  },
  answer: {
    status: 200,
    description: 'The users, in the order they were asked for',
    schema: answer({ users: listOf(presenceSchema) }),
  },
  errors: ['STORE_UNAVAILABLE'],
};

export const presenceOperations: readonly Operation[] = [presenceOperation, presenceOfManyOperation];
