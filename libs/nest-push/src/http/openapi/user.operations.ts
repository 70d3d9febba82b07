import type { Operation } from '../operation.js';
import { answer, count } from './schemas.js';

/** What an erasure answers. */
export const erasedSchema = answer({
  erased: answer({
    messages: { ...count, description: 'messages to nobody else' },
    audiences: { ...count, description: 'messages to others too, from whose audience the user was taken' },
    entries: count,
    devices: count,
    subscriptions: count,
    notifications: count,
    others: { ...count, description: 'cursors, read marks, presence, preferences, tokens, keys, tickets' },
  }),
  finished: { type: 'boolean' },
});

export const disconnectOperation: Operation = {
  id: 'disconnect',
  method: 'POST',
  path: '/v1/users/{user}/disconnect',
  tag: 'users',
  summary: "Close the user's connections on every node, and refuse its tokens issued before now",
  access: 'publish',
  answer: { status: 204, description: 'Tokens issued before now are good no more' },
  errors: ['STORE_UNAVAILABLE', 'STORE_FULL'],
};

export const eraseUserOperation: Operation = {
  id: 'eraseUser',
  method: 'DELETE',
  path: '/v1/users/{user}',
  tag: 'users',
  summary: 'Erase everything kept about the user; messages to others too stay, without its name',
  access: 'admin',
  answer: {
    status: 200,
    description: 'What was removed. `finished: false`: there is more, and it goes on by itself',
    schema: erasedSchema,
  },
  errors: ['DRAINING', 'STORE_UNAVAILABLE', 'STORE_FULL'],
};

export const userOperations: readonly Operation[] = [disconnectOperation, eraseUserOperation];
