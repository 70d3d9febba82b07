import type { Operation } from '../operation.js';

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

export const userOperations: readonly Operation[] = [disconnectOperation];
